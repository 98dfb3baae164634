package main

import (
	"encoding/json"
	"fmt"
	"net/http"
	"time"

	"github.com/luraproject/lura/v2/config"
	"github.com/rs/cors"
)

// corsHandler reads "security/cors" as KrakenD does; without it no origin but the gateway's own may read an answer.
func corsHandler(extra config.ExtraConfig) (func(http.Handler) http.Handler, error) {
	section, present := extra["security/cors"]
	if !present {
		return func(next http.Handler) http.Handler { return next }, nil
	}
	var options struct {
		AllowOrigins     []string `json:"allow_origins"`
		AllowMethods     []string `json:"allow_methods"`
		AllowHeaders     []string `json:"allow_headers"`
		ExposeHeaders    []string `json:"expose_headers"`
		AllowCredentials bool     `json:"allow_credentials"`
		MaxAge           string   `json:"max_age"`
	}
	encoded, err := json.Marshal(section)
	if err != nil {
		return nil, err
	}
	if err := json.Unmarshal(encoded, &options); err != nil {
		return nil, fmt.Errorf("security/cors: %w", err)
	}
	var maxAge time.Duration
	if options.MaxAge != "" {
		if maxAge, err = time.ParseDuration(options.MaxAge); err != nil {
			return nil, fmt.Errorf("security/cors: %w", err)
		}
	}
	return cors.New(cors.Options{
		AllowedOrigins:   options.AllowOrigins,
		AllowedMethods:   options.AllowMethods,
		AllowedHeaders:   options.AllowHeaders,
		ExposedHeaders:   options.ExposeHeaders,
		AllowCredentials: options.AllowCredentials,
		MaxAge:           int(maxAge.Seconds()),
	}).Handler, nil
}
