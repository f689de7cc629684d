package download

import (
	"context"
	"encoding/json"
	"io"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"time"

	"modelbeam/app/machine"
)

// psWithin bounds the question for what is loaded.
const psWithin = 3 * time.Second

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
func freeAt(s Server) int64 {
	folder := os.Getenv("OLLAMA_MODELS")
	if s.Kind != kindOllama || folder == "" {
		return -1
	}
	return roomAt(folder)
}

// likelyFree is freeAt with a guess, to choose what to offer.
func likelyFree(s Server) int64 {
	if n := freeAt(s); n >= 0 {
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
	ctx, cancel := context.WithTimeout(ctx, psWithin)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, s.URL.JoinPath("/api/ps").String(), nil)
	if err != nil {
		return 0
	}
	resp, err := direct.Do(req)
	if err != nil {
		return 0
	}
	defer resp.Body.Close()
	var loaded struct {
		Models []struct {
			VRAM int64 `json:"size_vram"`
		} `json:"models"`
	}
	if json.NewDecoder(io.LimitReader(resp.Body, 1<<20)).Decode(&loaded) != nil {
		return 0
	}
	most := int64(0)
	for _, m := range loaded.Models {
		most = max(most, m.VRAM)
	}
	return min(most, mostBytes)
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
