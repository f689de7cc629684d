package e2e

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"modelbeam/cmd/e2e/await"
)

const clientsDir = "testdata/clients"

// openClients opens, in a new browser, somebody else's chat page: its origin is not the
// gateway's, because the gateway is 127.0.0.1 and the page comes from localhost.
func openClients(t *testing.T) *page {
	t.Helper()
	if !isFile(clientsDir + "/node_modules/ai/package.json") {
		missing(t, "the npm packages")
	}
	script, err := bundleClients()
	if err != nil {
		t.Fatal(err)
	}
	mux := http.NewServeMux()
	mux.Handle("/", http.FileServer(http.Dir(clientsDir)))
	mux.HandleFunc("/bundle.js", func(w http.ResponseWriter, r *http.Request) { http.ServeFile(w, r, script) })
	s := httptest.NewServer(mux)
	t.Cleanup(s.Close)

	p := openBrowser(t, thisMachine)
	p.open(strings.Replace(s.URL, "127.0.0.1", "localhost", 1) + "/")
	await.True(t, "the page has loaded the libraries", func() bool { return evaluate[bool](p, "!!window.clients && !!window.realtime") })
	return p
}

// bundleClients makes one script of the page's and the libraries it uses, once for all tests.
// Pages are made so, and some of what the libraries use themselves is CommonJS, which browsers
// do not load. The names of the error classes are what the tests look at: they stay.
var bundleClients = sync.OnceValues(func() (string, error) {
	path := filepath.Join(binaries, "bundle.js")
	cmd := exec.Command("node_modules/.bin/esbuild", "clients.mjs", "--bundle", "--format=esm", "--keep-names",
		"--log-level=error", "--outfile="+path)
	cmd.Dir = clientsDir
	if out, err := cmd.CombinedOutput(); err != nil {
		return "", fmt.Errorf("bundle the client libraries: %w\n%s", err, out)
	}
	return path, nil
})
