package ollama

import (
	"encoding/json"
	"fmt"
	"strings"
)

// text is what a model said. Some servers give it as OpenAI's API takes it in requests: a list of
// parts, of which those with text count.
type text string

// UnmarshalJSON implements json.Unmarshaler.
func (t *text) UnmarshalJSON(b []byte) error {
	var plain string
	if json.Unmarshal(b, &plain) == nil { // or null
		*t = text(plain)
		return nil
	}
	var parts []struct {
		Text string `json:"text"`
	}
	if err := json.Unmarshal(b, &parts); err != nil {
		return fmt.Errorf("read text: %w", err)
	}
	var all strings.Builder
	for _, p := range parts {
		all.WriteString(p.Text)
	}
	*t = text(all.String())
	return nil
}
