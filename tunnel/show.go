package tunnel

import (
	"bytes"
	"cmp"
	"encoding/json"
	"io"
	"net/http"
	"slices"
	"strconv"
	"strings"
)

// usualContext is told of a model whose longest context nobody knows: as much as Ollama gives a model
// by itself (OLLAMA_CONTEXT_LENGTH in https://docs.ollama.com/faq).
const usualContext = 4096

// show answers POST /api/show for a server that does not know this request, with what the catalog
// has of the model.
func (g *Gateway) show(req *http.Request, c *call) (*http.Response, error) {
	m := c.target.known
	if m == nil {
		return nil, g.errModel(c.inquiry("")) // the request named none
	}
	e := entry{model: m, server: c.target.server}.ollama()
	body, err := json.Marshal(map[string]any{
		"license": "", "modelfile": "", "parameters": "", "template": "", "system": "", // no server tells
		"details": e.Details, "modified_at": e.ModifiedAt, "model_info": m.info(), "capabilities": m.ollamaCapabilities(),
	})
	if err != nil {
		panic(err) // our own types only
	}
	return ready(req, body), nil
}

// info are the facts that Ollama reads in a model's file. Its own command line tool takes the four for
// numbers and a text without looking (showInfo in cmd/cmd.go), so that none may be missing.
func (m *Model) info() map[string]any {
	architecture := cmp.Or(m.Details.Family, "unknown")
	return map[string]any{
		"general.architecture":             architecture,
		"general.parameter_count":          parameterCount(m.Details.ParameterSize),
		architecture + ".context_length":   cmp.Or(m.Context, usualContext),
		architecture + ".embedding_length": 0, // nobody tells
	}
}

// parameterCount reads a size as "8.0B" or "137M"; 0 for what is none.
func parameterCount(size string) int64 {
	units := map[byte]float64{'K': 1e3, 'M': 1e6, 'B': 1e9, 'T': 1e12}
	size = strings.ToUpper(strings.TrimSpace(size))
	if size == "" {
		return 0
	}
	unit, ok := units[size[len(size)-1]]
	if !ok {
		unit = 1
	} else {
		size = size[:len(size)-1]
	}
	n, err := strconv.ParseFloat(size, 64)
	if err != nil || !(n >= 0 && n*unit <= 1e15) { // nor NaN
		return 0
	}
	return int64(n * unit)
}

// ollamaCapabilities are the model's abilities in Ollama's words.
func (m *Model) ollamaCapabilities() []string {
	if m.Embedding {
		return []string{"embedding"}
	}
	all := []string{"completion"}
	for name, has := range map[string]bool{"vision": m.Vision, "tools": m.Tools, "thinking": m.Reasoning} {
		if has {
			all = append(all, name)
		}
	}
	slices.Sort(all)
	return all
}

// completeShow adds the model's abilities to what an Ollama from before 0.6.4 shows: /api/version
// promises them, and clients offer a model without them for nothing.
func completeShow(res *http.Response, c *call) error {
	const limit = 16 << 20 // a model may have a large vocabulary in it
	m := c.target.known
	if c.route.path != showPath || res.StatusCode != http.StatusOK || m == nil || !older(c.target.server.Version, ollamaVersion) {
		return nil
	}
	body, err := io.ReadAll(io.LimitReader(res.Body, limit))
	if err != nil {
		return err
	}
	var shown map[string]json.RawMessage
	if json.Unmarshal(body, &shown) != nil || shown == nil || shown["capabilities"] != nil {
		res.Body = rejoined(io.MultiReader(bytes.NewReader(body), res.Body), res.Body)
		return nil
	}
	if shown["capabilities"], err = json.Marshal(m.ollamaCapabilities()); err != nil {
		panic(err) // some texts
	}
	if body, err = json.Marshal(shown); err != nil {
		return err
	}
	res.Body = rejoined(bytes.NewReader(body), res.Body)
	res.ContentLength, res.TransferEncoding = int64(len(body)), nil
	res.Header.Set("Content-Length", strconv.Itoa(len(body)))
	return nil
}
