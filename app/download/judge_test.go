package download

import (
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"
	"unicode/utf8"
)

// TestJudge has errors as servers and Go's packages word them.
func TestJudge(t *testing.T) {
	for _, tt := range []struct {
		err     error
		cause   Cause
		passing bool
	}{
		{refusal("pull model manifest: file does not exist"), UnknownName, false},
		{refusal("invalid model name"), UnknownName, false},
		{refusal("digest mismatch, file must be downloaded again: want sha256:1, got sha256:2"), WrongDigest, false},
		{refusal("write /m/blobs/sha256-1-partial: no space left on device"), DiskFull, false},
		{refusal("write C:\\m\\blobs\\sha256-1-partial: There is not enough space on the disk."), DiskFull, false},
		{refusal("write /m/blobs/sha256-1-partial: disk quota exceeded"), DiskFull, false},
		{refusal("pull model manifest: 412: \n\nThe model you are attempting to pull requires a newer version of Ollama.\n"), ServerOld, false},
		{refusal("pull model manifest: unauthorized: access denied"), NotAllowed, false},
		{refusal("pull model manifest: 401: {\"error\":\"gated\"}"), NotAllowed, false},
		{refusal(`Get "https://registry.ollama.ai/v2/": dial tcp: lookup registry.ollama.ai: no such host`), NoNetwork, true},
		{refusal(`Get "https://registry.ollama.ai/v2/": dial tcp: lookup registry.ollama.ai on 127.0.0.53:53: server misbehaving`), NoNetwork, true},
		{refusal(`Head "https://r/": dial tcp 1.2.3.4:443: connect: network is unreachable`), NoNetwork, true},
		{refusal(`Get "https://r/v2/": proxyconnect tcp: dial tcp 192.168.7.30:42401: connect: no route to host`), NoNetwork, true},
		{refusal("dial tcp 192.168.7.30:8412: connect: connection refused"), NoNetwork, true},
		{refusal("read tcp 1.2.3.4:50403->6.7.8.9:443: something new"), Unclear, false},
		{refusal("503: busy"), Cut, true},
		{refusal("tls: failed to verify certificate: x509: certificate signed by unknown authority"), NoNetwork, true},
		{refusal(`max retries exceeded: Get "https://r/": unexpected EOF`), Cut, true},
		{refusal("read tcp 1.2.3.4:5->6.7.8.9:443: read: connection reset by peer"), Cut, true},
		{refusal("net/http: TLS handshake timeout"), Cut, true},
		{refusal("context canceled"), Cut, true},
		{refusal("pull model manifest: 503: busy"), Cut, true},
		{refusal("something that nobody has thought of"), Unclear, false},
		{refusal(""), Unclear, false},
		{fmt.Errorf("%w: %w", errGone, io.ErrUnexpectedEOF), ServerGone, true},
		{fmt.Errorf("%w: 404 Not Found", errNonsense), Nonsense, false},
		{errNoRoom, DiskFull, false},
		{errStalled, Stalled, true},
		{errUnchecked, Unclear, false},
		{errors.New("whatever"), Unclear, false},
	} {
		if got := judge(tt.err); got.cause != tt.cause || got.passing != tt.passing {
			t.Errorf("%q: %s, passing %v; want %s, %v", tt.err, got.cause, got.passing, tt.cause, tt.passing)
		}
	}
}

// TestDetailIsHarmless: what a server said is shown, but nothing in it is obeyed, and it has an end.
func TestDetailIsHarmless(t *testing.T) {
	for said, want := range map[string]string{
		"plain":                      "plain",
		"two\nlines\tof it":          "two lines of it",
		"a\x00b\x1b[31mc\u202ed\x7f": "ab[31mcd",
		"\xff\xfe":                   "",
		`Get "https://r2.example.org/a/b?X-Amz-Signature=secret&x=y": EOF`: `Get "https://r2.example.org/a/b?…": EOF`,
		`Get "https://anna:secret@proxy.example.org/": EOF`:                `Get "https://…@proxy.example.org/": EOF`,
		"what is it? nobody knows":                                         "what is it? nobody knows",
	} {
		if got := short(said); got != want {
			t.Errorf("%q: %q, want %q", said, got, want)
		}
	}
	if got := short(strings.Repeat("é", 10_000)); len(got) > longestDetail+len("…") || !utf8.ValidString(got) {
		t.Errorf("%d bytes of detail", len(got))
	}
}

func TestNamed(t *testing.T) {
	for typed, want := range map[string]string{
		"llama3.2":                                   "llama3.2:latest",
		" llama3.2:3b\n":                             "llama3.2:3b",
		"ollama run gemma3:4b":                       "gemma3:4b",
		"$ ollama pull gemma3":                       "gemma3:latest",
		"https://ollama.com/library/qwen3":           "qwen3:latest",
		"https://ollama.com/library/qwen3:8b?x=1":    "qwen3:8b",
		"HTTPS://Ollama.com/anna/mine/":              "anna/mine:latest",
		"https://huggingface.co/bartowski/Some-GGUF": "hf.co/bartowski/Some-GGUF:latest",
		"hf.co/bartowski/Some-GGUF:Q4_K_M":           "hf.co/bartowski/Some-GGUF:Q4_K_M",
		"http://127.0.0.1:5000/library/tiny":         "127.0.0.1:5000/library/tiny:latest",
		"127.0.0.1:5000/library/tiny":                "127.0.0.1:5000/library/tiny:latest",
		"lms get llama-3.2-3b":                       "llama-3.2-3b:latest",
		"":                                           "",
		"  ":                                         "",
		strings.Repeat("x", 1000):                    strings.Repeat("x", longestName) + ":latest",
		"https://ollama.com/library/%6c%6c%61%6d%61": "llama:latest",
		"https://ollama.com/library/%zz":             "%zz:latest",
	} {
		if got := Named(typed); got != want {
			t.Errorf("%q: %q, want %q", typed, got, want)
		}
	}
}
