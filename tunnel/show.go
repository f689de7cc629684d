package tunnel

import (
	"cmp"
	"encoding/json"
	"net/http"
	"slices"
)

// show answers POST /api/show for a server that does not know this request, with what the catalog
// has of the model.
func (g *Gateway) show(req *http.Request, c *call) (*http.Response, error) {
	m := c.target.known
	if m == nil {
		return nil, g.errModel(c.inquiry("")) // the request named none
	}
	e := entry{model: m, server: c.target.server}.ollama()
	architecture := cmp.Or(m.Details.Family, "unknown")
	info := map[string]any{"general.architecture": architecture}
	if m.Context > 0 {
		info[architecture+".context_length"] = m.Context
	}
	body, err := json.Marshal(map[string]any{
		"license": "", "modelfile": "", "parameters": "", "template": "", // no server tells
		"details": e.Details, "modified_at": e.ModifiedAt, "model_info": info, "capabilities": m.ollamaCapabilities(),
	})
	if err != nil {
		panic(err) // our own types only
	}
	return ready(req, body), nil
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
