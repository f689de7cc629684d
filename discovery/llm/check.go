package llm

import (
	"context"
	"encoding/json"
	"net/http"
	"strings"
)

// check asks a server something and says whether the answer is the one that is looked for. The
// rows of the table are made of them, so that a row can be read like a sentence: it is this kind
// if all of these hold, and not that. An answer that does not come is one that does not hold.
type check func(ctx context.Context, v *visit) bool

// fact asks a server something about itself; empty means that it does not say.
type fact func(ctx context.Context, v *visit) string

// says holds when the whole body at path is want, spaces at its ends aside.
func says(path, want string) check {
	return func(ctx context.Context, v *visit) bool {
		a := v.get(ctx, path)
		return a.status == http.StatusOK && strings.TrimSpace(string(a.body)) == want
	}
}

// contains holds when want is somewhere in the first 64 KB of the body at path.
func contains(path, want string) check {
	return func(ctx context.Context, v *visit) bool {
		a := v.get(ctx, path)
		return a.status == http.StatusOK && strings.Contains(string(a.body), want)
	}
}

// header holds when the answer to "GET /", of whatever status, has a header that begins so.
// Errors have it too: a server that has no page to show still says who it is.
func header(name, prefix string) check {
	return func(ctx context.Context, v *visit) bool {
		return strings.HasPrefix(v.get(ctx, "/").header.Get(name), prefix)
	}
}

// holds holds when the JSON at path has want in the field, whose name may have dots to go deeper.
// A nil want is satisfied by any value.
func holds(path, field string, want any) check {
	return func(ctx context.Context, v *visit) bool {
		a := v.get(ctx, path)
		got, ok := lookup(a.body, field)
		return a.status == http.StatusOK && ok && (want == nil || got == want)
	}
}

// value is the text in a field of the JSON at path.
func value(path, field string) fact {
	return func(ctx context.Context, v *visit) string {
		got, _ := lookup(v.get(ctx, path).body, field)
		text, _ := got.(string)
		return text
	}
}

// owner holds when the first model that names an owner names this one. Most servers put their own
// name there; nothing in the OpenAI dialect asks for it, but clients expect the field.
func owner(name string) check {
	return func(ctx context.Context, v *visit) bool {
		list, err := v.openAIList(ctx)
		if err != nil {
			return false
		}
		for _, m := range list {
			if m.OwnedBy != "" {
				return m.OwnedBy == name
			}
		}
		return false
	}
}

// listsModels holds for a list of models in the OpenAI dialect, an empty one too.
func listsModels(ctx context.Context, v *visit) bool {
	_, err := v.openAIList(ctx)
	return err == nil
}

// openAI holds for a server of the OpenAI dialect, whether it shows its models or wants a key.
func openAI(ctx context.Context, v *visit) bool { return listsModels(ctx, v) || wantsKey(ctx, v) }

// wantsKey holds when the models are there but not for us. Any web application with a login may
// refuse us too, so the refusal must look like that of an API: an error in the OpenAI shape, or
// one in another JSON shape while "/" is open. Where a person has named the address, a refusal is
// enough.
func wantsKey(ctx context.Context, v *visit) bool {
	a := v.list(ctx, modelsPath)
	if !a.refuses() {
		return false
	}
	if v.trusted {
		return true
	}
	for _, field := range []string{"source", "error.source"} {
		if source, _ := lookup(a.body, field); source == "modelbeam" {
			return false // another gateway like ours: sharing it again would go in circles
		}
	}
	if _, ok := lookup(a.body, "error.message"); ok {
		return true
	}
	for _, field := range []string{"error", "detail", "message"} {
		if _, ok := lookup(a.body, field); ok {
			return !v.get(ctx, "/").refuses()
		}
	}
	return false
}

// all holds when every check does. It stops asking at the first that does not.
func all(checks ...check) check {
	return func(ctx context.Context, v *visit) bool {
		for _, c := range checks {
			if !c(ctx, v) {
				return false
			}
		}
		return true
	}
}

// either holds when one of the checks does. It stops asking at the first that does.
func either(checks ...check) check {
	return func(ctx context.Context, v *visit) bool {
		for _, c := range checks {
			if c(ctx, v) {
				return true
			}
		}
		return false
	}
}

// not holds when the check does not.
func not(c check) check {
	return func(ctx context.Context, v *visit) bool { return !c(ctx, v) }
}

// lookup finds a field of a JSON object, "a.b" being field b of the object in field a.
func lookup(body []byte, field string) (value any, ok bool) {
	if err := json.Unmarshal(body, &value); err != nil {
		return nil, false
	}
	for name := range strings.SplitSeq(field, ".") {
		object, isObject := value.(map[string]any)
		if !isObject {
			return nil, false
		}
		if value, ok = object[name]; !ok {
			return nil, false
		}
	}
	return value, true
}
