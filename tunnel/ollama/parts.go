package ollama

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
)

// part is one of a list that stands for the content of a message. OpenAI's clients write such lists, and
// so do apps that put messages that were made for OpenAI's API into Ollama's, which has a text, and
// pictures beside it.
type part struct {
	Type     string   `json:"type"`
	Text     string   `json:"text"`
	ImageURL imageURL `json:"image_url"`
}

// imageURL is {"url": ...} or, with some clients, the URL alone.
type imageURL string

// UnmarshalJSON implements json.Unmarshaler.
func (u *imageURL) UnmarshalJSON(text []byte) error {
	var alone string
	if json.Unmarshal(text, &alone) == nil {
		*u = imageURL(alone)
		return nil
	}
	var object struct {
		URL string `json:"url"`
	}
	if err := json.Unmarshal(text, &object); err != nil {
		return fmt.Errorf("read image_url: %w", err)
	}
	*u = imageURL(object.URL)
	return nil
}

// partsIn reads content that is a list of parts. ok is false for all else.
func partsIn(content json.RawMessage) (all []part, ok bool) {
	if !bytes.HasPrefix(bytes.TrimSpace(content), []byte("[")) {
		return nil, false
	}
	var list []json.RawMessage
	if json.Unmarshal(content, &list) != nil {
		return nil, false
	}
	for _, text := range list {
		p := part{Type: "text"}
		if json.Unmarshal(text, &p.Text) == nil { // a bare string
			all = append(all, p)
			continue
		}
		p = part{}
		if json.Unmarshal(text, &p) != nil {
			return nil, false
		}
		all = append(all, p)
	}
	return all, true
}

// UnmarshalJSON implements json.Unmarshaler: content may be a list of texts and pictures.
func (m *message) UnmarshalJSON(text []byte) error {
	type plain message
	read := struct {
		*plain
		Content json.RawMessage `json:"content"`
	}{plain: (*plain)(m)}
	if err := json.Unmarshal(text, &read); err != nil {
		return fmt.Errorf("read message: %w", err)
	}
	if isNull(read.Content) {
		return nil
	}
	parts, ok := partsIn(read.Content)
	if !ok {
		if err := json.Unmarshal(read.Content, &m.Content); err != nil {
			return fmt.Errorf("read content of message: %w", err)
		}
		return nil
	}
	return m.take(parts)
}

// take puts the parts where Ollama has them: texts in one, pictures beside it. A picture by its address is
// refused, since the laptop would have to fetch it, from wherever the client says.
func (m *message) take(parts []part) error {
	var texts []string
	for _, p := range parts {
		switch p.Type {
		case "text", "input_text", "output_text":
			texts = append(texts, p.Text)
		case "image_url", "input_image":
			if !strings.HasPrefix(string(p.ImageURL), "data:") {
				return errRemotePicture
			}
			m.Images = append(m.Images, string(p.ImageURL))
		default:
			return fmt.Errorf("read message: a part of the type %q has no place in it", p.Type)
		}
	}
	m.Content = strings.Join(texts, "\n")
	return nil
}

// errRemotePicture is for a picture that the server would have to fetch, from inside the laptop.
var errRemotePicture = errors.New("read message: a picture has to be sent itself, in base64, and not as an address")
