package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"text/template"

	"github.com/Masterminds/sprig/v3"
)

// readConfiguration is KrakenD's flexible configuration: with FC_ENABLE the file is a template with Sprig's functions,
// and each FC_SETTINGS/NAME.json is its value .NAME. What is missing is an error, never an empty place.
func readConfiguration(file string) ([]byte, error) {
	if os.Getenv("FC_ENABLE") == "" {
		return os.ReadFile(file)
	}
	settings, err := readSettings(os.Getenv("FC_SETTINGS"))
	if err != nil {
		return nil, err
	}
	parsed, err := template.New(filepath.Base(file)).Option("missingkey=error").Funcs(sprig.TxtFuncMap()).ParseFiles(file)
	if err != nil {
		return nil, err
	}
	var rendered bytes.Buffer
	if err := parsed.Execute(&rendered, settings); err != nil {
		return nil, err
	}
	if out := os.Getenv("FC_OUT"); out != "" {
		if err := os.WriteFile(out, rendered.Bytes(), 0o644); err != nil {
			return nil, err
		}
	}
	return rendered.Bytes(), nil
}

func readSettings(folder string) (map[string]map[string]any, error) {
	settings := map[string]map[string]any{}
	if folder == "" {
		return settings, nil
	}
	files, err := os.ReadDir(folder)
	if err != nil {
		return nil, err
	}
	for _, file := range files {
		name, isJSON := strings.CutSuffix(file.Name(), ".json")
		if !isJSON {
			continue
		}
		content, err := os.ReadFile(filepath.Join(folder, file.Name()))
		if err != nil {
			return nil, err
		}
		var values map[string]any
		if err := json.Unmarshal(content, &values); err != nil {
			return nil, fmt.Errorf("%s: %w", file.Name(), err)
		}
		settings[name] = values
	}
	return settings, nil
}
