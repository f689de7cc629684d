package ollama

import (
	"cmp"
	"encoding/json"
	"fmt"
	"slices"
	"time"
)

// embeddingRequest is the body of /api/embed and, with a prompt, of the older /api/embeddings.
type embeddingRequest struct {
	Input      json.RawMessage `json:"input"` // a string or several
	Prompt     string          `json:"prompt"`
	Dimensions int             `json:"dimensions"`
}

// vectors is the answer of /v1/embeddings.
type vectors struct {
	Data  []vector `json:"data"`
	Usage struct {
		Prompt int `json:"prompt_tokens"`
	} `json:"usage"`
}

// vector is one text's embedding. The numbers are passed on as they are written.
type vector struct {
	Index     int             `json:"index"`
	Embedding json.RawMessage `json:"embedding"`
}

// embedding prepares an embed, or the older embeddings when there is a single text. Older clients send
// "prompt" to the newer path too, and Ollama takes it there.
func (t *Translation) embedding(body []byte, single bool) error {
	var r embeddingRequest
	if err := json.Unmarshal(body, &r); err != nil {
		return fmt.Errorf("read request: %w", err)
	}
	f := fields{"model": t.model, "input": r.Input}
	if single || isNull(r.Input) {
		f["input"] = r.Prompt
	}
	if r.Dimensions > 0 {
		f["dimensions"] = r.Dimensions
	}
	t.Path, t.answer = "/v1/embeddings", (*Translation).severalVectors
	if single {
		t.answer = (*Translation).oneVector
	}
	t.Body = line(f)
	return nil
}

// readVectors puts them into the order of their texts, which servers need not keep: OpenAI's answer has an
// index with each, Ollama's nothing but the order.
func readVectors(body []byte) (vectors, error) {
	var v vectors
	if err := json.Unmarshal(body, &v); err != nil {
		return v, fmt.Errorf("read answer: %w", err)
	}
	for i := range v.Data {
		if isNull(v.Data[i].Embedding) {
			v.Data[i].Embedding = json.RawMessage("[]")
		}
	}
	slices.SortStableFunc(v.Data, func(a, b vector) int { return cmp.Compare(a.Index, b.Index) })
	return v, nil
}

// severalVectors is the answer of /api/embed.
func (t *Translation) severalVectors(body []byte) ([]byte, error) {
	v, err := readVectors(body)
	if err != nil {
		return nil, err
	}
	all := make([]json.RawMessage, 0, len(v.Data))
	for _, d := range v.Data {
		all = append(all, d.Embedding)
	}
	return line(fields{
		"model": t.model, "embeddings": all, "prompt_eval_count": v.Usage.Prompt,
		"total_duration": time.Since(t.began), "load_duration": 0, // it is not known, and a number to strict clients
	}), nil
}

// oneVector is the answer of /api/embeddings.
func (t *Translation) oneVector(body []byte) ([]byte, error) {
	v, err := readVectors(body)
	if err != nil {
		return nil, err
	}
	one := json.RawMessage("[]")
	if len(v.Data) > 0 {
		one = v.Data[0].Embedding
	}
	return line(fields{"embedding": one}), nil
}
