package e2e

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"modelbeam/cmd/e2e/await"
)

// The models of a test's Ollama: the same weights, one that ends after a while and one that
// talks until it is stopped.
const (
	shortModel   = "tiny:latest"
	endlessModel = "endless:latest"
)

// makeTinyModel makes the model file once for all tests.
var makeTinyModel = sync.OnceValue(tinyModel)

// usualPort is where everybody's Ollama listens.
const usualPort = "11434"

// ollama is a real Ollama of a test's own, on loopback, that has the tiny model.
type ollama struct {
	*process
	on  *machine
	url string // http://127.0.0.1:PORT, on that machine
	dir string // home

	models string   // the folder that keeps them
	env    []string // more of its environment
}

// startOllama starts an Ollama and gives it the given models.
func startOllama(t *testing.T, models ...string) *ollama {
	t.Helper()
	o := emptyOllama(t)
	digest := fmt.Sprintf("sha256:%x", sha256.Sum256(makeTinyModel()))
	o.post(t, "/api/blobs/"+digest, makeTinyModel())
	for _, m := range models {
		o.create(t, m, digest)
	}
	return o
}

// emptyOllama starts an Ollama that has nothing.
func emptyOllama(t *testing.T) *ollama {
	t.Helper()
	return ollamaIn(t, t.TempDir())
}

// ollamaIn is emptyOllama with everything in that folder.
func ollamaIn(t *testing.T, dir string) *ollama {
	t.Helper()
	o := &ollama{on: thisMachine, url: "http://" + freeAddress(t), dir: dir, models: filepath.Join(dir, "models")}
	o.serve(t)
	return o
}

// serve starts the program, or starts it again at the same address after kill.
func (o *ollama) serve(t *testing.T) {
	t.Helper()
	cmd := o.on.command(tool(t, "ollama"), "serve")
	cmd.Dir = o.dir
	cmd.Env = append(os.Environ(),
		"HOME="+o.dir, "OLLAMA_MODELS="+o.models, "OLLAMA_HOST="+o.url,
		"OLLAMA_ORIGINS=", "OLLAMA_LLM_LIBRARY=cpu", "OLLAMA_NUM_PARALLEL=4")
	cmd.Env = append(cmd.Env, o.env...)
	o.process = start(t, "ollama", cmd)
	await.True(t, "Ollama listens at "+o.url, func() bool {
		return slices.ContainsFunc(o.errors(), isListening) || !o.running()
	})
	if !o.running() {
		t.Fatalf("Ollama ended: %q", tail(o.errors(), 5))
	}
}

func isListening(line string) bool { return strings.Contains(line, `msg="Listening on`) }

// moveTo stops Ollama and starts it with the same models at a port of another machine, where
// the test itself cannot reach it any more.
func (o *ollama) moveTo(t *testing.T, m *machine, port string) {
	t.Helper()
	o.kill()
	o.on, o.url = m, "http://127.0.0.1:"+port
	o.serve(t)
}

// create makes a model of the uploaded weights. One thread leaves the other core to the
// browser and to what is tested.
func (o *ollama) create(t *testing.T, name, digest string) {
	t.Helper()
	length := 200
	if name == endlessModel {
		length = -1
	}
	body, err := json.Marshal(map[string]any{
		"model":      name,
		"files":      map[string]string{"tiny.gguf": digest},
		"template":   "{{ range .Messages }}{{ .Content }} {{ end }}",
		"parameters": map[string]any{"num_predict": length, "num_thread": 1},
		"stream":     false,
	})
	if err != nil {
		t.Fatal(err)
	}
	o.post(t, "/api/create", body)
}

func (o *ollama) post(t *testing.T, path string, body []byte) []byte {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, o.url+path, bytes.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	answer, _ := io.ReadAll(resp.Body)
	if resp.StatusCode >= 300 {
		t.Fatalf("POST %s to Ollama: %s: %s", path, resp.Status, answer)
	}
	return answer
}

// nextPort is the one that freeAddress looks at next. The kernel gives connections none of these (ip_local_port_range in
// ip(7)): of its own ports one may be taken for one of a thousand connections before the program listens that it is for.
var nextPort atomic.Uint32

func init() { nextPort.Store(20_000 + rand.Uint32N(10_000)) }

// freeAddress returns a loopback address that nobody listens on, and that is returned once.
func freeAddress(t *testing.T) string {
	t.Helper()
	for range 100 {
		l, err := net.Listen("tcp", fmt.Sprintf("127.0.0.1:%d", nextPort.Add(1)))
		if err == nil {
			defer l.Close()
			return l.Addr().String()
		}
	}
	t.Fatal("no port is free")
	return ""
}
