package download

import (
	"net/url"
	"regexp"
	"strings"
)

// commands are what people copy together with a name.
var commands = regexp.MustCompile(`^(?:\$\s*)?(?:ollama\s+(?:run|pull)|lms\s+get)\s+`)

// pages are where people copy names from: the address of a model's page leads to its name.
var pages = []struct{ before, after string }{
	{"https://ollama.com/library/", ""},
	{"https://ollama.com/", ""},
	{"https://registry.ollama.ai/library/", ""},
	{"https://huggingface.co/", "hf.co/"},
	{"https://hf.co/", "hf.co/"},
	{"http://", ""},
	{"https://", ""},
}

// longestName bounds what can be the name of a model. Ollama allows 350 bytes.
const longestName = 350

// Named is the name of a model as a server takes it, for what a person has typed or pasted: a command, the
// address of a page, or a name with blanks around it. A model without a tag is the latest one, as Ollama has it.
func Named(typed string) string {
	name := strings.TrimSpace(typed)
	name = commands.ReplaceAllString(name, "")
	for _, p := range pages {
		if rest, ok := cutFold(name, p.before); ok {
			name = p.after + rest
			if plain, err := url.PathUnescape(name); err == nil {
				name = plain
			}
			name, _, _ = strings.Cut(name, "?")
			break
		}
	}
	name = strings.TrimRight(strings.TrimSpace(name), "/")
	if len(name) > longestName {
		name = name[:longestName]
	}
	name = strings.ToValidUTF8(name, "")
	if last := name[strings.LastIndex(name, "/")+1:]; name != "" && !strings.Contains(last, ":") {
		name += ":latest"
	}
	return name
}

// cutFold is strings.CutPrefix for any mixture of large and small letters.
func cutFold(s, prefix string) (string, bool) {
	if len(s) < len(prefix) || !strings.EqualFold(s[:len(prefix)], prefix) {
		return s, false
	}
	return s[len(prefix):], true
}
