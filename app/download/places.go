package download

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"time"

	"modelbeam/app/machine"
)

// factsWithin bounds a question for what a server has.
const factsWithin = 3 * time.Second

// mostFacts bounds the answer, in bytes: a template may be long.
const mostFacts = 1 << 20

// usualFolders are where servers keep models (https://docs.ollama.com/faq; LM Studio's "My Models").
func usualFolders(kind string) []string {
	home, err := os.UserHomeDir()
	if err != nil {
		home = string(filepath.Separator)
	}
	if kind == kindLMStudio {
		return []string{filepath.Join(home, ".lmstudio", "models")}
	}
	return []string{"/usr/share/ollama/.ollama/models", filepath.Join(home, ".ollama", "models")}
}

// freeAt is how many bytes are free where a server keeps models, or -1 where that is only guessed: a model must not
// be refused for want of room on another disk. Who sets OLLAMA_MODELS for us has set it for Ollama.
func freeAt(ctx context.Context, s Server) int64 {
	folder := os.Getenv("OLLAMA_MODELS")
	if s.Kind != kindOllama {
		return -1
	}
	if folder == "" && s.OnDisk != "" {
		folder = folderOf(ctx, s, s.OnDisk)
	}
	if folder == "" {
		return -1
	}
	return roomAt(folder)
}

// folderOf is where an Ollama keeps its models, by what it tells of one of them: the path of its file, in
// blobs below that folder (https://docs.ollama.com/api/show). It is empty where that is on no disk of this
// computer's, as with an Ollama in a container.
func folderOf(ctx context.Context, s Server, model string) string {
	body, err := json.Marshal(map[string]string{"model": model})
	if err != nil {
		return ""
	}
	var told struct {
		Modelfile string `json:"modelfile"`
	}
	if !ask(ctx, s, http.MethodPost, "/api/show", bytes.NewReader(body), &told) {
		return ""
	}
	for text := range strings.Lines(told.Modelfile) {
		path, ok := strings.CutPrefix(strings.TrimSpace(text), "FROM ")
		if blobs := filepath.Dir(path); ok && filepath.IsAbs(path) && filepath.Base(blobs) == "blobs" {
			if info, err := os.Stat(path); err == nil && info.Mode().IsRegular() {
				return filepath.Dir(blobs)
			}
		}
	}
	return ""
}

// likelyFree is freeAt with a guess, to choose what to offer.
func likelyFree(ctx context.Context, s Server) int64 {
	if n := freeAt(ctx, s); n >= 0 {
		return n
	}
	all := usualFolders(s.Kind)
	for _, folder := range all {
		if _, err := os.Stat(folder); err == nil {
			return roomAt(folder)
		}
	}
	return roomAt(all[len(all)-1])
}

func roomAt(folder string) int64 {
	n, err := machine.Free(folder)
	if err != nil {
		return -1
	}
	return n
}

// graphicsMemory is the most that an Ollama uses of a graphics card for one model now, in bytes: the card has at
// least that. It is 0 where nothing is loaded (https://docs.ollama.com/api/ps).
func graphicsMemory(ctx context.Context, s Server) int64 {
	var loaded struct {
		Models []struct {
			VRAM int64 `json:"size_vram"`
		} `json:"models"`
	}
	if !ask(ctx, s, http.MethodGet, "/api/ps", nil, &loaded) {
		return 0
	}
	most := int64(0)
	for _, m := range loaded.Models {
		most = max(most, m.VRAM)
	}
	return min(most, mostBytes)
}

// ask asks a server about itself, and reports whether it has answered.
func ask(ctx context.Context, s Server, method, path string, body io.Reader, into any) bool {
	ctx, cancel := context.WithTimeout(ctx, factsWithin)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, method, s.URL.JoinPath(path).String(), body)
	if err != nil {
		return false
	}
	if s.Key != "" {
		req.Header.Set("Authorization", "Bearer "+s.Key)
	}
	resp, err := direct.Do(req)
	if err != nil {
		return false
	}
	defer resp.Body.Close()
	return resp.StatusCode == http.StatusOK && json.NewDecoder(io.LimitReader(resp.Body, mostFacts)).Decode(into) == nil
}

// pagesOf are where people get models for a kind of server, and where they read about them.
var pagesOf = map[string]string{
	kindOllama:   "https://ollama.com/library",
	kindLMStudio: "https://lmstudio.ai/models",
	"jan":        "https://jan.ai/docs/desktop/manage-models",
	"llamacpp":   "https://huggingface.co/models?library=gguf",
	"llamafile":  "https://github.com/mozilla-ai/llamafile",
	"koboldcpp":  "https://huggingface.co/models?library=gguf",
}

// Page is where people get models for a kind of server; empty where we know of none.
func Page(kind string) string { return pagesOf[kind] }

// Able says whether a server of that kind at that address can be told to download models: it must be on this
// computer, where the models are to be.
func (d *Downloader) Able(kind string, at *url.URL) bool {
	if at == nil || !onLoopback(at.Host) {
		return false
	}
	return kind == kindOllama || kind == kindLMStudio && d.lms.Load() != nil
}
