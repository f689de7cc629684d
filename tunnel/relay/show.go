package relay

import (
	"encoding/json"
	"io"
	"net/http"

	"modelbeam/tunnel/events"
)

// show answers POST /api/show for a server that does not know this request.
func (l *Relay) show(req *http.Request, q *Request) (*http.Response, error) {
	if q.target.Model == nil { // the request named none, so it is no guest's for certain models
		return nil, l.Laptop.ModelNotFound("", l.Catalog().NamesIn(q.Dialect, nil))
	}
	return ready(req, q.target.Show()), nil
}

// completeShow adds the model's abilities to what an Ollama from before 0.6.4 shows: /api/version
// promises them, and clients offer a model without them for nothing.
func completeShow(res *http.Response, q *Request) error {
	const limit = 16 << 20 // a model may have a large vocabulary in it
	m := q.target.Model
	if q.Path != showPath || res.StatusCode != http.StatusOK || m == nil || q.target.Server.ShowsAbilities() {
		return nil
	}
	body, err := io.ReadAll(io.LimitReader(res.Body, limit))
	if err != nil {
		return err
	}
	var shown map[string]json.RawMessage
	if json.Unmarshal(body, &shown) != nil || shown == nil || shown["capabilities"] != nil {
		res.Body = events.Rejoin(body, res.Body)
		return nil
	}
	if shown["capabilities"], err = json.Marshal(m.OllamaCapabilities()); err != nil {
		panic(err) // some texts
	}
	if body, err = json.Marshal(shown); err != nil {
		return err
	}
	events.SetBody(res, body)
	return nil
}
