package e2e

import (
	"encoding/json"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"modelbeam/cmd/e2e/await"
)

// cluster is two real Ollamas with the same model, and in front of them a gateway of somebody else's
// that makes one server of both.
type cluster struct {
	first, second *ollama
	url           string
	key           string // that the gateway wants, or empty
}

// TestClusterIsOneServer shares a cluster: each model is listed once, the other Ollama answers when one
// dies, and the gateway's key is told to nobody else.
func TestClusterIsOneServer(t *testing.T) {
	for name, front := range map[string]func(*testing.T, *cluster){"HAProxy": startHAProxy, "Olla": startOlla} {
		t.Run(name, func(t *testing.T) {
			c := &cluster{first: startOllama(t, shortModel), second: startOllama(t, shortModel)}
			front(t, c)
			stranger := startStranger(t)
			args := []string{"--server", c.url, "--server", stranger.URL}
			if c.key != "" {
				args = append(args, "--server-key", strings.TrimPrefix(c.url, "http://")+"="+c.key)
			}
			b := startBeam(t, args...)
			app := b.addDevice(t, "app")
			await.True(t, "the cluster's model is there", func() bool { return slices.Contains(listModels(t, b.url, app.Key), shortModel) })
			if got := listModels(t, b.url, app.Key); len(got) != 1 {
				t.Errorf("the models are %q, want each once", got)
			}
			askCluster(t, b.url, app.Key)
			c.first.kill()
			askCluster(t, b.url, app.Key)
			if heard := stranger.heard(); c.key != "" && strings.Contains(heard, c.key) {
				t.Errorf("another server was told the key: %s", heard)
			}
		})
	}
}

// TestModelsOfAClusterAreListedOnce shares a gateway and the servers behind it.
func TestModelsOfAClusterAreListedOnce(t *testing.T) {
	c := &cluster{first: startOllama(t, shortModel), second: startOllama(t, shortModel)}
	startOlla(t, c)
	b := startBeam(t, "--server", c.url, "--server", c.first.url)
	app := b.addDevice(t, "app")
	await.True(t, "both are there", func() bool {
		return b.serverAt(t, c.url).Online && b.serverAt(t, c.first.url).Online
	})
	if got := listModels(t, b.url, app.Key); !slices.Equal(got, []string{shortModel}) {
		t.Errorf("the models are %q, want each once", got)
	}
	c.first.kill() // the gateway has it from the other one
	askCluster(t, b.url, app.Key)
}

// askCluster asks the cluster's model something.
func askCluster(t *testing.T, url, key string) {
	t.Helper()
	resp, body := answer(t, chatRequest(t, url, key, shortModel))
	if resp.StatusCode != http.StatusOK || !strings.Contains(body, "[DONE]") {
		t.Errorf("%s: %.300s", resp.Status, body)
	}
}

// listModels returns the names in /v1/models.
func listModels(t *testing.T, url, key string) []string {
	t.Helper()
	_, body := answer(t, request(t, http.MethodGet, url+"/v1/models", key, ""))
	var list struct{ Data []struct{ ID string } }
	if err := json.Unmarshal([]byte(body), &list); err != nil {
		t.Fatalf("%v in %.200s", err, body)
	}
	var names []string
	for _, m := range list.Data {
		names = append(names, m.ID)
	}
	return names
}

// stranger is a server beside the cluster that remembers what it was sent.
type stranger struct {
	*httptest.Server
	mu  sync.Mutex
	all []string
}

func startStranger(t *testing.T) *stranger {
	t.Helper()
	s := &stranger{}
	s.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		s.mu.Lock()
		s.all = append(s.all, fmt.Sprint(r.URL, r.Header))
		s.mu.Unlock()
		if r.URL.Path == "/" {
			fmt.Fprint(w, "Ollama is running")
			return
		}
		http.Error(w, `{"error":{"message":"no"}}`, http.StatusUnauthorized) // it would like to have a key
	}))
	t.Cleanup(s.Close)
	return s
}

func (s *stranger) heard() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return strings.Join(s.all, "\n")
}

// startHAProxy puts a load balancer before the two, which wants a key and keeps it for itself.
func startHAProxy(t *testing.T, c *cluster) {
	t.Helper()
	address := freeAddress(t)
	c.url, c.key = "http://"+address, "sk-cluster-secret"
	config := filepath.Join(t.TempDir(), "haproxy.cfg")
	text := fmt.Sprintf(`
defaults
	mode http
	timeout connect 2s
	timeout check 10s
	timeout client 60s
	timeout server 60s
	retries 2
	option redispatch
	retry-on conn-failure
frontend cluster
	bind %s
	http-request deny deny_status 401 unless { req.hdr(Authorization) "Bearer %s" }
	http-request del-header Authorization
	default_backend ollamas
backend ollamas
	server first %s check inter 200ms fall 1
	server second %s check inter 200ms fall 1
`, address, c.key, strings.TrimPrefix(c.first.url, "http://"), strings.TrimPrefix(c.second.url, "http://"))
	serveConfig(t, config, text, address, tool(t, "haproxy"), "-db", "-f", config)
}

// startOlla puts Olla before the two, which knows what LLM servers are.
func startOlla(t *testing.T, c *cluster) {
	t.Helper()
	program, err := exec.LookPath("olla")
	if err != nil {
		t.Skip("olla is not installed; it comes from https://github.com/thushan/olla and from no package registry")
	}
	address := freeAddress(t)
	c.url = "http://" + address
	host, port, _ := net.SplitHostPort(address)
	config := filepath.Join(t.TempDir(), "olla.yaml")
	text := fmt.Sprintf("server:\n  host: %s\n  port: %s\ndiscovery:\n  type: static\n  static:\n    endpoints:\n", host, port)
	for i, o := range []*ollama{c.first, c.second} {
		text += fmt.Sprintf("      - {url: %q, name: ollama-%d, type: ollama, priority: 100, model_url: /api/tags, health_check_url: /, check_interval: 1s, check_timeout: 500ms}\n", o.url, i)
	}
	serveConfig(t, config, text, address, program, "--config", config)
}

// serveConfig runs a program with a configuration until the test ends, and waits until it listens.
func serveConfig(t *testing.T, config, text, address, program string, args ...string) {
	t.Helper()
	if err := os.WriteFile(config, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(program, args...)
	cmd.Dir = filepath.Dir(config)
	p := start(t, filepath.Base(program), cmd)
	await.True(t, program+" listens", func() bool {
		conn, err := net.Dial("tcp", address)
		if err == nil {
			conn.Close()
		}
		return err == nil || !p.running()
	})
}
