package ollama

import (
	"bytes"
	"cmp"
	"encoding/json"
)

// callPart is a tool call or, in a stream, a part of the one at Index.
type callPart struct {
	Index    *int     `json:"index"`
	ID       string   `json:"id"`
	Function function `json:"function"`
}

// gathered are the tool calls of an answer while they come together. In a stream they come in parts:
// first the name, then the arguments, cut anywhere. Ollama has no parts of calls, so they are kept until
// they are whole. The zero value has none.
type gathered struct {
	all []toolCall
	at  map[int]int // the index that a stream gives -> the place in all of the last call that had it
}

// addWhole adds calls that came in one piece each.
func (g *gathered) addWhole(calls []*callPart) {
	for _, c := range calls {
		if c != nil {
			g.all = append(g.all, toolCall{})
			g.put(len(g.all)-1, c)
		}
	}
}

// addParts adds parts of calls to those that they belong to.
func (g *gathered) addParts(parts []*callPart) {
	for _, p := range parts {
		if p != nil {
			g.put(g.place(p), p)
		}
	}
}

// place is where the call is that p belongs to, or begins.
func (g *gathered) place(p *callPart) int {
	i, ok := len(g.all)-1, len(g.all) > 0
	if p.Index != nil {
		i, ok = g.at[*p.Index]
	}
	if !ok || g.all[i].precedes(p) {
		i = len(g.all)
		g.all = append(g.all, toolCall{})
	}
	if p.Index != nil {
		if g.at == nil {
			g.at = make(map[int]int)
		}
		g.at[*p.Index] = i
	}
	return i
}

// precedes reports whether p begins another call than c. The index alone does not tell: there are
// servers that give all calls the same one (https://github.com/ai-dynamo/dynamo/issues/4723). Nor does
// the id: vLLM had releases that made up one for each part. The name comes with the first part only,
// or is the same in all.
func (c *toolCall) precedes(p *callPart) bool {
	switch {
	case p.Function.Name == "" || c.Function.Name == "":
		return false
	case p.ID != "" && c.ID != "":
		return p.ID != c.ID
	case p.Function.Name != c.Function.Name:
		return true
	}
	return json.Valid(c.Function.Arguments) && !isNull(p.Function.Arguments)
}

func (g *gathered) put(i int, p *callPart) {
	c := &g.all[i]
	c.ID = cmp.Or(c.ID, p.ID)
	c.Function.Name = cmp.Or(c.Function.Name, p.Function.Name)
	if !isNull(p.Function.Arguments) {
		c.Function.Arguments = append(c.Function.Arguments, argumentText(p.Function.Arguments)...)
	}
}

// take returns the calls that have come together, and has none from then on.
func (g *gathered) take() []toolCall {
	calls := g.all
	*g = gathered{}
	for i := range calls {
		arguments := &calls[i].Function.Arguments
		if len(bytes.TrimSpace(*arguments)) == 0 {
			*arguments = json.RawMessage("{}")
		}
		if !json.Valid(*arguments) { // the model's mistake, which the client may show
			text, _ := json.Marshal(string(*arguments))
			*arguments = text
		}
	}
	return calls
}
