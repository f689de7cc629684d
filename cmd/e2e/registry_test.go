package e2e

import (
	"bytes"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"
)

// registry is where an Ollama of a test gets models from, as it does from its library: a small one on loopback,
// with the tiny model under any name but "nothing".
//
// Ollama v0.6.0 asks for the manifest, then for each blob: HEAD for its size, GET for where it really is, which must
// be another host (server/download.go), and from there GET with a Range.
type registry struct {
	*httptest.Server
	host      string // 127.0.0.1:PORT
	elsewhere string // another name of the same, where blobs are
	blobs     map[string][]byte
	model     string // the digest of the model itself

	mu      sync.Mutex // guards what follows
	allowed int64      // bytes of the model that may be sent in all
	sent    int64
	ranges  []string // that were asked for of the model
	asked   int      // how often anything was asked for
	broken  bool     // connections break off
	cut     bool     // the next one that is at work does
	modern  bool     // who asks is new enough for the model "modern"
	spoilt  bool     // the model arrives damaged
	changed chan struct{}
}

// manifest is what a name leads to (https://github.com/opencontainers/image-spec/blob/main/manifest.md).
type manifest struct {
	SchemaVersion int     `json:"schemaVersion"`
	MediaType     string  `json:"mediaType"`
	Config        layer   `json:"config"`
	Layers        []layer `json:"layers"`
}

type layer struct {
	MediaType string `json:"mediaType"`
	Digest    string `json:"digest"`
	Size      int    `json:"size"`
}

// startRegistry starts one that sends as much as it is asked for.
func startRegistry(t *testing.T) *registry {
	t.Helper()
	r := newRegistry()
	r.Server = httptest.NewServer(r.handler())
	r.host = strings.TrimPrefix(r.URL, "http://")
	t.Cleanup(r.end)
	return r
}

func newRegistry() *registry {
	return &registry{blobs: make(map[string][]byte), allowed: 1 << 40, changed: make(chan struct{}), elsewhere: "localhost"}
}

func (r *registry) handler() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /v2/library/{name}/manifests/{tag}", r.manifest)
	mux.HandleFunc("HEAD /v2/library/{name}/blobs/{digest}", r.size)
	mux.HandleFunc("GET /v2/library/{name}/blobs/{digest}", r.where)
	mux.HandleFunc("GET /data/{digest}", r.data)
	return http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
		r.mu.Lock()
		r.asked++
		r.mu.Unlock()
		mux.ServeHTTP(w, req)
	})
}

func (r *registry) end() {
	r.CloseClientConnections()
	r.Close()
}

// name is what an Ollama gets a model of the registry by.
func (r *registry) name(model string) string { return r.host + "/library/" + model }

func (r *registry) add(mediaType string, data []byte) layer {
	digest := fmt.Sprintf("sha256:%x", sha256.Sum256(data))
	r.mu.Lock()
	defer r.mu.Unlock()
	r.blobs[digest] = data
	return layer{mediaType, digest, len(data)}
}

func (r *registry) manifest(w http.ResponseWriter, req *http.Request) {
	switch req.PathValue("name") {
	case "nothing":
		http.NotFound(w, req)
		return
	case "modern":
		if r.admits() {
			break
		}
		w.WriteHeader(http.StatusPreconditionFailed)
		_, _ = w.Write([]byte("\n\nThe model you are attempting to pull requires a newer version of Ollama.\n"))
		return
	}
	const image = "application/vnd.ollama.image."
	m := manifest{SchemaVersion: 2, MediaType: "application/vnd.docker.distribution.manifest.v2+json"}
	m.Layers = []layer{
		r.add(image+"model", makeTinyModel()),
		r.add(image+"template", []byte("{{ range .Messages }}{{ .Content }} {{ end }}")),
		r.add(image+"params", []byte(`{"num_predict":200,"num_thread":1}`)),
	}
	r.mu.Lock()
	r.model = m.Layers[0].Digest
	r.mu.Unlock()
	m.Config = r.add("application/vnd.docker.container.image.v1+json",
		[]byte(`{"model_format":"gguf","model_family":"llama","model_families":["llama"],"model_type":"5M","file_type":"F32"}`))
	_ = json.NewEncoder(w).Encode(m)
}

func (r *registry) admits() bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.modern
}

func (r *registry) size(w http.ResponseWriter, req *http.Request) {
	w.Header().Set("Content-Length", fmt.Sprint(len(r.blob(req))))
}

func (r *registry) where(w http.ResponseWriter, req *http.Request) {
	u, err := url.Parse(r.URL)
	if err != nil {
		panic(err)
	}
	http.Redirect(w, req, "http://"+r.elsewhere+":"+u.Port()+"/data/"+req.PathValue("digest"), http.StatusTemporaryRedirect)
}

func (r *registry) blob(req *http.Request) []byte {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.blobs[req.PathValue("digest")]
}

// data sends a part of a blob. Of the model it sends no more than is allowed, and then waits.
func (r *registry) data(w http.ResponseWriter, req *http.Request) {
	data := r.blob(req)
	r.mu.Lock()
	isModel, spoilt := req.PathValue("digest") == r.model, r.spoilt
	if isModel {
		r.ranges = append(r.ranges, req.Header.Get("Range"))
	}
	r.mu.Unlock()
	if isModel && spoilt {
		data = bytes.Clone(data)
		data[len(data)/2] ^= 1
	}
	var out http.ResponseWriter = w
	if isModel {
		out = &sluice{ResponseWriter: w, registry: r, req: req}
	}
	http.ServeContent(out, req, "", time.Time{}, bytes.NewReader(data))
}

// sluice lets through what is allowed.
type sluice struct {
	http.ResponseWriter
	registry *registry
	req      *http.Request
}

// gulp is how much goes through at once.
const gulp = 64 << 10

func (g *sluice) Write(p []byte) (n int, err error) {
	for len(p) > 0 {
		some := p[:min(len(p), gulp)]
		if err := g.registry.wait(g.req, int64(len(some))); err != nil {
			return n, err
		}
		written, err := g.ResponseWriter.Write(some)
		if n += written; err != nil {
			return n, err
		}
		if err := http.NewResponseController(g.ResponseWriter).Flush(); err != nil {
			return n, err
		}
		p = p[len(some):]
	}
	return n, nil
}

// wait waits until so many more bytes may be sent, and counts them.
func (r *registry) wait(req *http.Request, some int64) error {
	for {
		r.mu.Lock()
		ok, broken, changed := r.sent+some <= r.allowed, r.broken || r.cut, r.changed
		r.cut = false
		if ok && !broken {
			r.sent += some
		}
		r.mu.Unlock()
		switch {
		case broken:
			panic(http.ErrAbortHandler)
		case ok:
			return nil
		}
		select {
		case <-changed:
		case <-req.Context().Done():
			return req.Context().Err()
		}
	}
}

// set changes how it behaves, also of what is being sent.
func (r *registry) set(change func(*registry)) {
	r.mu.Lock()
	defer r.mu.Unlock()
	change(r)
	close(r.changed)
	r.changed = make(chan struct{})
}

// allow lets so many bytes of the model through in all.
func (r *registry) allow(n int64) { r.set(func(r *registry) { r.allowed = n }) }

// told is how much of the model was sent, and in which parts it was asked for.
func (r *registry) told() (sent int64, ranges []string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.sent, append([]string(nil), r.ranges...)
}
