package llm_test

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"

	"modelbeam/discovery/llm"
)

// This machine has an Ollama with two models, at any of the ports that people choose.
func ExampleScanner() {
	server := startOllama()
	defer server.Close()

	scanner := llm.Scanner{Skip: allBut(server)} // whatever else runs here
	for _, s := range scanner.Scan(context.Background()) {
		fmt.Println(s.Kind, s.Version)
		for _, m := range s.Models {
			fmt.Println("-", m.ID)
		}
	}
	// Output:
	// ollama 0.12.6
	// - llama3.2:3b
	// - nomic-embed-text:latest
}

// Watch goes on until its context ends. It runs on the caller's goroutine, and so does the function that
// it is given.
func ExampleScanner_Watch() {
	server := startOllama()
	defer server.Close()

	ctx, stop := context.WithCancel(context.Background())
	scanner := llm.Scanner{Skip: allBut(server)}
	seen := false
	scanner.Watch(ctx, func(servers []llm.Server) {
		switch {
		case len(servers) == 1 && !seen:
			seen = true
			fmt.Println(servers[0].Name, "is there")
			server.Close()
		case len(servers) == 0 && seen:
			fmt.Println("now it is gone")
			stop()
		}
	})
	// Output:
	// Ollama is there
	// now it is gone
}

// A server that a person has named may be anywhere. What is wrong with its address is a Cause.
func ExampleProbe() {
	server := startOllama()
	address, _ := url.Parse(server.URL + "/api") // as it is in Ollama's manual

	if s, err := llm.Probe(context.Background(), address, ""); err == nil {
		fmt.Println(s.Name, "with", len(s.Models), "models; speaks Ollama's own dialect:", s.Dialects&llm.Ollama != 0)
	}

	server.Close()
	_, err := llm.Probe(context.Background(), address, "")
	fmt.Println(llm.CauseOf(err) == llm.Refused)
	// Output:
	// Ollama with 2 models; speaks Ollama's own dialect: true
	// true
}

// startOllama stands in for the real one.
func startOllama() *httptest.Server {
	says := map[string]string{
		"/":            "Ollama is running",
		"/api/version": `{"version":"0.12.6"}`,
		"/api/tags":    `{"models":[{"name":"llama3.2:3b"},{"name":"nomic-embed-text:latest"}]}`,
		"/api/ps":      `{"models":[]}`,
		"/api/show":    `{"capabilities":["completion"]}`,
	}
	server := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		text, ok := says[r.URL.Path]
		if !ok {
			w.WriteHeader(http.StatusNotFound)
		}
		fmt.Fprint(w, text)
	}))
	server.Listener.Close()
	server.Listener = listenAtUsualPort()
	server.Start()
	return server
}

// listenAtUsualPort takes one of the ports that people choose for a server: a Scanner takes no program for one
// that is its own, unless it is there.
func listenAtUsualPort() net.Listener {
	for port := 8081; port <= 8090; port++ {
		if l, err := net.Listen("tcp", fmt.Sprint("127.0.0.1:", port)); err == nil {
			return l
		}
	}
	panic("all ports are taken")
}

// allBut skips every port but the server's.
func allBut(server *httptest.Server) func(int) bool {
	own := server.Listener.Addr().(*net.TCPAddr).Port
	return func(port int) bool { return port != own }
}
