package download

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// serve plays an Ollama.
func serve(t *testing.T, answer http.HandlerFunc) Server {
	t.Helper()
	s := httptest.NewServer(answer)
	t.Cleanup(func() {
		s.CloseClientConnections()
		s.Close()
	})
	u, err := url.Parse(s.URL)
	if err != nil {
		t.Fatal(err)
	}
	return Server{ID: "ollama", Kind: kindOllama, Name: "Ollama", URL: u}
}

// pulled is what comes of a pull: the error, and how many lines were told.
func pulled(t *testing.T, s Server, model string) (lines int, err error) {
	t.Helper()
	p := newProgress(time.Unix(0, 0))
	err = pull(s, model)(t.Context(), func(said line) error {
		lines++
		_, err := p.add(said)
		return err
	})
	return lines, err
}

// TestPullAsks looks at what an Ollama is asked: nothing is encrypted on this computer, and everything elsewhere.
func TestPullAsks(t *testing.T) {
	for model, insecure := range map[string]bool{
		"llama3.2:latest": false, "anna/mine:1": false, "hf.co/a/b:Q4": false, "registry.example.org:5000/a/b:1": false,
		"127.0.0.1:5000/library/tiny:latest": true, "localhost/library/tiny:latest": true, "[::1]:5000/a/b:1": true,
		"127.0.0.1.example.org/a/b:1": false, "localhost.example.org/a/b:1": false,
	} {
		s := serve(t, func(w http.ResponseWriter, r *http.Request) {
			var asked struct {
				Model    string
				Insecure bool
			}
			err := json.NewDecoder(r.Body).Decode(&asked)
			if err != nil || r.Method != http.MethodPost || r.URL.Path != "/api/pull" || asked.Model != model || asked.Insecure != insecure {
				t.Errorf("%s %s: %+v, %v", r.Method, r.URL, asked, err)
			}
			_, _ = w.Write([]byte(`{"status":"success"}`))
		})
		if lines, err := pulled(t, s, model); lines != 1 || err != nil {
			t.Errorf("%s: %d lines, %v", model, lines, err)
		}
	}
}

// TestLies holds that no answer can do more than to end the download: neither fill the memory nor go on for ever.
func TestLies(t *testing.T) {
	write := func(text string) http.HandlerFunc {
		return func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte(text)) }
	}
	flood := func(piece string) http.HandlerFunc {
		return func(w http.ResponseWriter, r *http.Request) {
			for r.Context().Err() == nil {
				if _, err := w.Write([]byte(piece)); err != nil {
					return
				}
			}
		}
	}
	status := func(code int, text string) http.HandlerFunc {
		return func(w http.ResponseWriter, _ *http.Request) {
			w.WriteHeader(code)
			_, _ = w.Write([]byte(text))
		}
	}
	for name, tt := range map[string]struct {
		answer http.HandlerFunc
		want   Cause
	}{
		"endless lines":           {flood(`{"status":"pulling a","digest":"a","total":10,"completed":5}` + "\n"), Nonsense},
		"endless empty lines":     {flood("\n\n\n\n\n\n\n\n"), Nonsense},
		"one endless line":        {flood("xxxxxxxxxxxxxxxx"), Nonsense},
		"NULs":                    {flood("\x00\x00\x00\x00\n"), Nonsense},
		"no JSON":                 {write("<html>sign in</html>"), Nonsense},
		"numbers without end":     {write(`{"digest":"a","total":1e999}`), Nonsense},
		"a number that overflows": {write(`{"digest":"a","total":99999999999999999999}`), Nonsense},
		"nothing":                 {write(""), ServerGone},
		"no success":              {write(`{"status":"pulling manifest"}` + "\n"), ServerGone},
		"an error in the stream":  {write(`{"status":"pulling manifest"}` + "\n" + `{"error":"pull model manifest: file does not exist"}`), UnknownName},
		"400":                     {status(400, `{"error":"invalid model name"}`), UnknownName},
		"404 of another server":   {status(404, "not found"), Nonsense},
		"500 without end":         {status(500, strings.Repeat("x", 1<<20)), Nonsense},
		"somewhere else":          {http.RedirectHandler("http://127.0.0.1:1/api/pull", http.StatusTemporaryRedirect).ServeHTTP, Nonsense},
		"a connection that ends":  {func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }, ServerGone},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := pulled(t, serve(t, tt.answer), "tiny:latest")
			if err == nil || judge(err).cause != tt.want {
				t.Errorf("%v, want %s", err, tt.want)
			}
		})
	}
}

// TestPullIsStopped: a pause ends the request, by which Ollama stops.
func TestPullIsStopped(t *testing.T) {
	ended := make(chan struct{})
	s := serve(t, func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body) // what ends is noticed only behind that
		_, _ = w.Write([]byte(`{"status":"pulling manifest"}` + "\n"))
		_ = http.NewResponseController(w).Flush()
		<-r.Context().Done()
		close(ended)
	})
	ctx, cancel := context.WithCancel(t.Context())
	err := pull(s, "tiny:latest")(ctx, func(line) error { cancel(); return nil })
	<-ended
	if !errors.Is(err, context.Canceled) {
		t.Errorf("it ended with %v", err)
	}
}

// TestGraphicsMemory reads what Ollama has in the memory of a graphics card.
func TestGraphicsMemory(t *testing.T) {
	for answer, want := range map[string]int64{
		`{"models":[]}`: 0,
		`{"models":[{"size_vram":0},{"size_vram":6000000000}]}`: 6e9,
		`{"models":[{"size_vram":-5}]}`:                         0,
		`{"models":[{"size_vram":9000000000000000000}]}`:        mostBytes,
		`nonsense`: 0,
	} {
		s := serve(t, func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte(answer)) })
		if got := graphicsMemory(t.Context(), s); got != want {
			t.Errorf("%s: %d, want %d", answer, got, want)
		}
	}
}

// TestAble: only what is on this computer may be told to download.
func TestAble(t *testing.T) {
	d := New(Options{}, nil)
	for _, tt := range []struct {
		kind, at string
		want     bool
	}{
		{"ollama", "http://127.0.0.1:11434", true},
		{"ollama", "http://localhost:11434", true},
		{"ollama", "http://[::1]:11434", true},
		{"ollama", "http://192.168.1.30:11434", false},
		{"ollama", "https://ollama.example.org", false},
		{"llamacpp", "http://127.0.0.1:8080", false},
		{"lmstudio", "http://127.0.0.1:1234", false}, // its tool was not found
	} {
		u, err := url.Parse(tt.at)
		if err != nil {
			t.Fatal(err)
		}
		if got := d.Able(tt.kind, u); got != tt.want {
			t.Errorf("%s at %s: %v", tt.kind, tt.at, got)
		}
	}
	if d.Able("ollama", nil) {
		t.Error("nowhere is a place")
	}
}

// TestFolderOf finds where an Ollama keeps its models, if that is on this computer.
func TestFolderOf(t *testing.T) {
	t.Setenv("OLLAMA_MODELS", "")
	models := filepath.Join(t.TempDir(), "models")
	blob := filepath.Join(models, "blobs", "sha256-00")
	if err := os.MkdirAll(filepath.Dir(blob), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(blob, []byte("x"), 0o600); err != nil {
		t.Fatal(err)
	}
	for modelfile, want := range map[string]string{
		"# Modelfile\n# FROM tiny:latest\n\nFROM " + blob + "\nTEMPLATE x\n": models,
		"FROM /nowhere/models/blobs/sha256-00\n":                             "", // in a container
		"FROM llama3.2\n":                                                    "",
		"FROM " + models + "/other\n":                                        "",
		"FROM ../models/blobs/sha256-00":                                     "",
		"":                                                                   "",
	} {
		s := serve(t, func(w http.ResponseWriter, r *http.Request) {
			if r.URL.Path != "/api/show" { // any Modelbeam on this machine may ask what listens here
				http.NotFound(w, r)
				return
			}
			_ = json.NewEncoder(w).Encode(map[string]string{"modelfile": modelfile})
		})
		s.OnDisk = "tiny:latest"
		if got := folderOf(t.Context(), s, "tiny:latest"); got != want {
			t.Errorf("%q: %q, want %q", modelfile, got, want)
		}
		if free := freeAt(t.Context(), s); (free > 0) != (want != "") {
			t.Errorf("%q: %d bytes are free", modelfile, free)
		}
	}
	if free := freeAt(t.Context(), Server{Kind: kindOllama}); free != -1 {
		t.Errorf("of an Ollama without models we think to know that %d bytes are free", free)
	}
}
