package llm

import (
	"context"
	"encoding/json"
	"net/http"
	"slices"
	"strings"
)

// check asks a server something and says whether the answer is the one that is looked for. The rows of the
// table are made of checks, so that a row reads like a sentence: it is this kind if all of these hold,
// and not that. A check does not hold if no answer comes.
type check func(ctx context.Context, v *visit) bool

// fact asks a server something about itself. It is empty if the server does not say.
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
		begins := func(value string) bool { return strings.HasPrefix(value, prefix) }
		return slices.ContainsFunc(v.get(ctx, "/").header.Values(name), begins)
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

// pageless holds when the server has no page for people, only an API.
func pageless(ctx context.Context, v *visit) bool {
	return v.get(ctx, "/").status == http.StatusNotFound
}

// refuses holds when the server wants a key for path, and its error has want in the field.
func refuses(path, field string, want any) check {
	return func(ctx context.Context, v *visit) bool {
		a := v.list(ctx, path)
		if !a.refuses() {
			return false
		}
		got, ok := lookup(a.body, field)
		return ok && got == want
	}
}

// redirects holds when path points to a place of the server's own that begins so.
func redirects(path, prefix string) check {
	return func(ctx context.Context, v *visit) bool {
		a := v.get(ctx, path)
		return a.status >= 300 && a.status < 400 && strings.HasPrefix(a.header.Get("Location"), prefix)
	}
}

// titled holds for a server built with FastAPI that has this title. The page may be longer than what is read of
// it, but the title stands at its beginning: https://fastapi.tiangolo.com/tutorial/metadata/.
func titled(title string) check {
	const page = "/openapi.json"
	return either(holds(page, "info.title", title), contains(page, `"title":"`+title+`"`))
}

// owner holds when the first model that names an owner names this one. Clients expect the field, and most
// servers write their own name there, although nothing in the OpenAI dialect asks them to.
func owner(name string) check { return ownerAt(modelsPath, name) }

// ownerAt is owner for a list of models at another path.
func ownerAt(path, name string) check {
	return func(ctx context.Context, v *visit) bool {
		list, err := v.openAIList(ctx, path)
		return err == nil && name == firstOwner(list)
	}
}

// firstOwner is empty where no model has one.
func firstOwner(list []openAIModel) string {
	for _, m := range list {
		if m.OwnedBy != "" {
			return m.OwnedBy
		}
	}
	return ""
}

// listsModels holds for a list of models in the OpenAI dialect, an empty one too.
func listsModels(ctx context.Context, v *visit) bool {
	_, err := v.openAIList(ctx, modelsPath)
	return err == nil
}

// unowned holds for a list of models that names no owner, an empty one too.
func unowned(ctx context.Context, v *visit) bool {
	list, err := v.openAIList(ctx, modelsPath)
	return err == nil && firstOwner(list) == ""
}

// openAI holds for a server of the OpenAI dialect, whether it shows its models or wants a key.
func openAI(ctx context.Context, v *visit) bool { return listsModels(ctx, v) || wantsKey(ctx, v) }

// wantsKey holds when there are models, but not for us. Any web application with a login may refuse us too, so
// the refusal must look like that of an API. At an address that a person has named any refusal will do.
func wantsKey(ctx context.Context, v *visit) bool {
	if !guarded(ctx, v) {
		return false
	}
	a := v.list(ctx, modelsPath)
	has := func(field string) bool { _, ok := lookup(a.body, field); return ok }
	return v.trusted || slices.ContainsFunc([]string{"error", "detail", "message"}, has)
}

// guarded holds for a server that refuses us its models although "/" is open, or refuses them with an error of
// the OpenAI shape. That is good enough where another question follows. It leaves out other gateways
// like ours: sharing one of those would go in circles.
func guarded(ctx context.Context, v *visit) bool {
	a := v.list(ctx, modelsPath)
	if !a.refuses() || v.trusted {
		return a.refuses()
	}
	for _, field := range []string{"source", "error.source"} {
		if source, _ := lookup(a.body, field); source == "modelbeam" {
			return false
		}
	}
	_, shaped := lookup(a.body, "error.message")
	return shaped || !v.get(ctx, "/").refuses()
}

// modelsOrGuarded holds for a list of models, and for a refusal of any form.
func modelsOrGuarded(ctx context.Context, v *visit) bool {
	return listsModels(ctx, v) || guarded(ctx, v)
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
