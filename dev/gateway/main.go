// A gateway made of KrakenD's own engine (Lura) and components, for machines where KrakenD itself is not to be had.
// It takes the same command, the same krakend.json (version 3) and the same flexible configuration as KrakenD:
//
//	FC_ENABLE=1 FC_SETTINGS=settings gateway run -c krakend.tmpl
package main

import (
	"context"
	"flag"
	"fmt"
	"log"
	"net/http"
	"os"
	"os/signal"
	"syscall"

	krakendjose "github.com/krakendio/krakend-jose/v2"
	ginjose "github.com/krakendio/krakend-jose/v2/gin"
	krakendrate "github.com/krakendio/krakend-ratelimit/v3"
	ratelimit "github.com/krakendio/krakend-ratelimit/v3/router/gin"
	"github.com/luraproject/lura/v2/config"
	"github.com/luraproject/lura/v2/logging"
	"github.com/luraproject/lura/v2/proxy"
	router "github.com/luraproject/lura/v2/router/gin"
	"github.com/luraproject/lura/v2/transport/http/client"
	"github.com/luraproject/lura/v2/transport/http/server"
)

func main() {
	log.SetFlags(0)
	flags := flag.NewFlagSet("gateway", flag.ExitOnError)
	file := flags.String("c", "krakend.json", "the configuration")
	if len(os.Args) < 2 || (os.Args[1] != "run" && os.Args[1] != "check") {
		log.Fatal("usage: gateway run|check -c FILE")
	}
	if err := flags.Parse(os.Args[2:]); err != nil {
		log.Fatal(err)
	}

	service, err := load(*file)
	if err != nil {
		log.Fatalf("the gateway's configuration: %v", err)
	}
	if os.Args[1] == "check" {
		fmt.Printf("%s: %d endpoints, syntax OK\n", *file, len(service.Endpoints))
		return
	}
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGINT, syscall.SIGTERM)
	defer stop()
	run(ctx, service)
}

// load renders, parses and normalises the configuration.
func load(file string) (config.ServiceConfig, error) {
	// The file says "auth/validator" and its like; the engine and its components look for long names.
	// Without the aliases and Normalize they find nothing, and the token check is silently off.
	config.ExtraConfigAlias["auth/validator"] = krakendjose.ValidatorNamespace
	config.ExtraConfigAlias["router"] = router.Namespace
	config.ExtraConfigAlias["backend/http"] = client.Namespace
	config.ExtraConfigAlias["proxy"] = proxy.Namespace

	service, err := config.NewParserWithFileReader(readConfiguration).Parse(file)
	if err != nil {
		return service, err
	}
	service.Normalize()
	return service, nil
}

// Each endpoint's limiter keeps its clients in so many parts, and each part has a goroutine that tidies it up. By itself they
// are 2 048: 400 MB for our endpoints, which the collector of garbage goes through again and again.
const limiterParts = 16

func run(ctx context.Context, service config.ServiceConfig) {
	logger, err := logging.NewLogger("INFO", os.Stdout, "[gateway]")
	if err != nil {
		log.Fatal(err)
	}
	cors, err := corsHandler(service.ExtraConfig)
	if err != nil {
		log.Fatalf("the gateway's configuration: %v", err)
	}
	krakendrate.DefaultShards = limiterParts
	backends := proxy.CustomHTTPProxyFactory(client.NewHTTPClient)
	router.NewFactory(router.Config{
		Engine:       router.NewEngine(service, router.EngineOptions{Logger: logger, Writer: os.Stdout}),
		Logger:       logger,
		ProxyFactory: proxy.NewDefaultFactory(backends, logger),
		// From the outside in: token, then rate, then the call.
		HandlerFactory: ginjose.HandlerFactory(ratelimit.NewRateLimiterMw(logger, router.EndpointHandler), logger, nil),
		RunServer: func(ctx context.Context, service config.ServiceConfig, handler http.Handler) error {
			return server.RunServer(ctx, service, cors(handler))
		},
	}).NewWithContext(ctx).Run(service)
}
