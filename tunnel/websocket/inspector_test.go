package websocket

import (
	"encoding/binary"
	"strings"
	"testing"

	"modelbeam/tunnel/fault"
)

// frame is one of a client's.
func frame(first byte, text string) []byte {
	mask := []byte{1, 2, 3, 4}
	f := []byte{first, 0x80 | byte(min(len(text), 126))}
	if len(text) >= 126 {
		f[1] = 0x80 | 127
		f = binary.BigEndian.AppendUint64(f, uint64(len(text)))
	}
	f = append(f, mask...)
	for i := range len(text) {
		f = append(f, text[i]^mask[i%4])
	}
	return f
}

func TestInspector(t *testing.T) {
	const text, binaryKind, more, ping, last = 0x81, 0x82, 0x01, 0x89, 0x80
	long := strings.Repeat("QUJD", 40_000)
	for _, tt := range []struct {
		name   string
		frames [][]byte
		code   string
	}{
		{"no JSON", [][]byte{frame(text, "hello"), frame(text, ""), frame(binaryKind, "\x00\x01{")}, ""},
		{"sound", [][]byte{frame(text, `{"type":"input_audio_buffer.append","audio":"`+long+`"}`), frame(binaryKind, long)}, ""},
		{"other tools", [][]byte{frame(text, `{"type":"session.update","session":{"tools":[{"type":"function","name":"mcp"}]}}`)}, ""},
		{"a model", [][]byte{frame(text, `{"session":{"model":"tiny"}}`), frame(text, `{"session":{"model":"tiny"}}`)}, ""},
		{"MCP", [][]byte{frame(text, "hello"), frame(text, ` {"session":{"tools":[{"type":"mcp"}]}}`)}, "tool_not_allowed"},
		{"MCP for one answer", [][]byte{frame(text, `{"response":{"tools":[{"server_url":"x","type":"mcp"}]}}`)}, "tool_not_allowed"},
		{"MCP in a binary message", [][]byte{frame(binaryKind, `{"session":{"tools":[{"type":"mcp"}]}}`)}, "tool_not_allowed"},
		{"MCP in parts", [][]byte{frame(more, `{"session":{"tools":[{"ty`), frame(ping, "x"), frame(0, `pe":"m`), frame(last, `cp"}]}}`)}, "tool_not_allowed"},
		{"behind sound", [][]byte{frame(text, `{"audio":"`+long+`","session":{"mcp_servers":["x"]}}`)}, "tool_not_allowed"},
		{"a lazy escape", [][]byte{frame(text, `{"session":{"to\ols":[{"type":"mcp"}]}}`)}, "bad_request"},
		{"half of an object", [][]byte{frame(more, `{"session":{`), frame(last, ``)}, "bad_request"},
		{"behind a byte order mark", [][]byte{frame(text, "\ufeff"+`{"session":{"tools":[{"type":"mcp"}]}}`)}, "bad_request"},
		{"a byte order mark in sound", [][]byte{frame(binaryKind, "\ufeff"+long)}, ""},
		{"compressed", [][]byte{frame(0xc1, "x")}, "bad_request"},
		{"a draft", [][]byte{frame(text, `{"session":{"draft_model":"big"}}`)}, "field_not_allowed"},
	} {
		for _, size := range []int{1, 7, 1 << 20} {
			var all []byte
			for _, f := range tt.frames {
				all = append(all, f...)
			}
			var i inspector
			got := ""
			for rest := all; len(rest) > 0 && got == ""; rest = rest[min(size, len(rest)):] {
				if f := i.pass(rest[:min(size, len(rest))]); f != nil {
					got = string(f.Code)
				}
			}
			if got != tt.code {
				t.Errorf("%s in pieces of %d: %q, want %q", tt.name, size, got, tt.code)
			}
		}
	}
}

// FuzzInspector holds that what is looked at does not depend on how it is cut.
func FuzzInspector(f *testing.F) {
	f.Add(frame(0x81, `{"session":{"tools":[{"type":"mcp"}]}}`), 3)
	f.Add(append(frame(0x01, `{"session"`), frame(0x80, `:{}}`)...), 5)
	f.Add(frame(0x82, strings.Repeat("x", 300)), 100)
	f.Fuzz(func(t *testing.T, data []byte, size int) {
		size = max(1, size%1000)
		var whole, cut inspector
		want := whole.pass(data)
		var got *fault.Failure
		for rest := data; len(rest) > 0 && got == nil; rest = rest[min(size, len(rest)):] {
			got = cut.pass(rest[:min(size, len(rest))])
		}
		if (want == nil) != (got == nil) || want != nil && want.Code != got.Code {
			t.Errorf("%q in pieces of %d: %v, whole: %v", data, size, got, want)
		}
	})
}
