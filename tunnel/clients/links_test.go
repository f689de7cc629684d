package clients

import (
	"encoding/base64"
	"encoding/json"
	"net/url"
	"slices"
	"strings"
	"testing"

	"modelbeam/tunnel/catalog"
)

const (
	testBase = "http://192.168.1.20:8717"
	testV1   = testBase + "/v1"
)

// queryOf reads a link as the URL class of browsers and Electron does.
func queryOf(t *testing.T, link, prefix string) url.Values {
	t.Helper()
	rest, ok := strings.CutPrefix(link, prefix+"?")
	if !ok {
		t.Fatalf("%s does not begin with %s?", link, prefix)
	}
	values, err := url.ParseQuery(rest)
	if err != nil {
		t.Fatalf("%s: %v", link, err)
	}
	return values
}

// parse reads JSON into a T, and fails for members that T does not have.
func parse[T any](t *testing.T, text []byte) (v T) {
	t.Helper()
	d := json.NewDecoder(strings.NewReader(string(text)))
	d.DisallowUnknownFields()
	if err := d.Decode(&v); err != nil {
		t.Fatalf("%v in %s", err, text)
	}
	return v
}

// unpack reads base64 with padding, as every one of the apps can.
func unpack[T any](t *testing.T, packed string) T {
	t.Helper()
	text, err := base64.StdEncoding.Strict().DecodeString(packed)
	if err != nil {
		t.Fatalf("%v in %s", err, packed)
	}
	return parse[T](t, text)
}

// chatboxSchema is what the app accepts for a provider of one's own.
type chatboxSchema struct {
	IsCustom       bool
	ID, Name, Type string
	Settings       struct {
		APIHost, APIKey string
		Models          []struct {
			ModelID, Type string
			Capabilities  []string
			ContextWindow int
		}
	}
}

// chatboxImport does what the app does with a link: the URL class, a blank back to "+", base64.
func chatboxImport(t *testing.T, link string) chatboxSchema {
	t.Helper()
	config := queryOf(t, link, "chatbox://provider/import").Get("config")
	return unpack[chatboxSchema](t, strings.ReplaceAll(config, " ", "+"))
}

func TestChatbox(t *testing.T) {
	for _, name := range names {
		o := offer(t, connection(name), "chatbox")
		got := chatboxImport(t, o.Ways[0].Link)
		if !got.IsCustom || got.ID != "modelbeam-q7x-2" || got.Name != strings.TrimSpace(name) || got.Type != "openai" {
			t.Errorf("provider %+v for %q", got, name)
		}
		if s := got.Settings; s.APIHost != testV1 || s.APIKey != awkwardKey {
			t.Errorf("settings %+v for %q", s, name)
		}
		if clipboard := parse[chatboxSchema](t, []byte(o.Ways[1].Text)); clipboard.ID != got.ID || clipboard.Settings.APIKey != awkwardKey {
			t.Errorf("the clipboard has %+v", clipboard)
		}
	}
}

func TestChatboxModels(t *testing.T) {
	types, capabilities := []string{"chat", "embedding", "rerank"}, []string{"vision", "reasoning", "tool_use"}
	models := chatboxImport(t, offer(t, connection("Laptop"), "chatbox").Ways[0].Link).Settings.Models
	if len(models) != 3 || models[0].ContextWindow != 32768 || models[2].Type != "embedding" ||
		!slices.Equal(models[0].Capabilities, []string{"tool_use", "reasoning"}) ||
		models[1].ModelID != "hf.co/a/b:Q4@lmstudio" || !slices.Equal(models[1].Capabilities, []string{"vision"}) {
		t.Errorf("models %+v", models)
	}
	for _, m := range models {
		for _, c := range m.Capabilities {
			if !slices.Contains(capabilities, c) || !slices.Contains(types, m.Type) {
				t.Errorf("the app does not accept %+v", m)
			}
		}
	}
	c := connection("Laptop")
	c.Models = nil
	if link := offer(t, c, "chatbox").Ways[1].Text; strings.Contains(link, "models") {
		t.Errorf("an empty list of models would empty the app's: %s", link)
	}
}

// aiProviderSchema is what RikkaHub reads; Kelivo stops after the base address.
type aiProviderSchema struct {
	Type, Name, APIKey, BaseURL string
	Models                      []struct {
		ModelID, DisplayName, Type string
		InputModalities, Abilities []string
	}
}

func TestAIProvider(t *testing.T) {
	for _, name := range names {
		for _, id := range []string{"kelivo", "rikkahub"} {
			for _, w := range offer(t, connection(name), id).Ways {
				if w.Text+w.Code == "" {
					continue
				}
				packed, ok := strings.CutPrefix(w.Text+w.Code, "ai-provider:v1:")
				if !ok {
					t.Fatalf("%s: %s", id, w.Text+w.Code)
				}
				got := unpack[aiProviderSchema](t, packed)
				if got.Type != "openai" || got.Name != strings.TrimSpace(name) || got.APIKey != awkwardKey || got.BaseURL != testV1 {
					t.Errorf("%s: %+v for %q", id, got, name)
				}
			}
		}
	}
}

func TestRikkaHubModels(t *testing.T) {
	code := func(c Connection) string { return offer(t, c, "rikkahub").Ways[0].Code }
	decode := func(code string) aiProviderSchema {
		return unpack[aiProviderSchema](t, strings.TrimPrefix(code, "ai-provider:v1:"))
	}
	c := connection("Laptop")
	models := decode(code(c)).Models
	if len(models) != 3 || models[0].ModelID != "qwen3:8b" || models[0].DisplayName != "qwen3:8b" ||
		!slices.Equal(models[0].Abilities, []string{"TOOL", "REASONING"}) ||
		!slices.Equal(models[1].InputModalities, []string{"TEXT", "IMAGE"}) || models[2].Type != "EMBEDDING" {
		t.Errorf("models %+v", models)
	}
	for range 50 {
		c.Models = append(c.Models, Model{ID: "another-model:latest"})
	}
	if got := code(c); len(got) > longestCode || decode(got).Models != nil || decode(got).APIKey != awkwardKey {
		t.Errorf("with many models the code has %d bytes: %s", len(got), got)
	}
}

// What closed apps document: the address without /v1, and the key.
func TestPlainLinks(t *testing.T) {
	for _, tt := range []struct{ id, prefix, address, key string }{
		{"opencat", "opencat://team/join", "domain", "token"},
		{"botgem", "ama://set-api-key", "server", "key"},
	} {
		got := queryOf(t, offer(t, connection("Laptop"), tt.id).Ways[0].Link, tt.prefix)
		if got.Get(tt.address) != testBase || got.Get(tt.key) != awkwardKey || len(got) != 2 {
			t.Errorf("%s: %v", tt.id, got)
		}
	}
}

// cherryStudioImport follows the app step by step, the replacements of quotes included.
func cherryStudioImport(t *testing.T, link string) map[string]string {
	t.Helper()
	_, search, _ := strings.Cut(link, "?")
	search = strings.NewReplacer("+", "_", "/", "-").Replace(search)
	values, err := url.ParseQuery(search)
	if err != nil {
		t.Fatal(err)
	}
	data := strings.NewReplacer("_", "+", "-", "/").Replace(values.Get("data"))
	text, err := base64.StdEncoding.DecodeString(data)
	if err != nil {
		t.Fatal(err)
	}
	provider := parse[map[string]string](t, []byte(strings.NewReplacer("'", `"`, "(", "", ")", "").Replace(string(text))))
	script, err := json.Marshal(provider) // stands between two ' in what the app runs next
	if err != nil || strings.Contains(string(script), "'") {
		t.Errorf("the app would run a broken script: %s", script)
	}
	return provider
}

func TestCherryStudio(t *testing.T) {
	for _, name := range names {
		got := cherryStudioImport(t, offer(t, connection(name), "cherry-studio").Ways[0].Link)
		want := strings.NewReplacer("'", "’", "(", "", ")", "").Replace(strings.TrimSpace(name))
		if got["id"] != "modelbeam-q7x-2" || got["name"] != want || got["type"] != "openai" ||
			got["baseUrl"] != testBase || got["apiKey"] != awkwardKey {
			t.Errorf("provider %v for %q", got, name)
		}
	}
}

func TestDeepChat(t *testing.T) {
	for _, name := range names {
		link := offer(t, connection(name), "deepchat").Ways[0].Link
		values := queryOf(t, link, "deepchat://provider/install")
		got := unpack[struct{ Name, Type, BaseURL, APIKey string }](t, values.Get("data"))
		if values.Get("v") != "1" || got.Name != strings.TrimSpace(name) || got.Type != "openai-completions" ||
			got.BaseURL != testV1 || got.APIKey != awkwardKey {
			t.Errorf("provider %+v for %q", got, name)
		}
	}
}

func TestAionUi(t *testing.T) {
	for _, name := range names {
		values := queryOf(t, offer(t, connection(name), "aionui").Ways[0].Link, "aionui://provider/add")
		got := unpack[map[string]string](t, values.Get("data"))
		if got["platform"] != "custom" || got["name"] != strings.TrimSpace(name) || got["baseUrl"] != testV1 ||
			got["base_url"] != testV1 || got["apiKey"] != awkwardKey || got["api_key"] != awkwardKey {
			t.Errorf("provider %v for %q", got, name)
		}
	}
}

func TestCCSwitch(t *testing.T) {
	for app, endpoint := range map[string]string{"claude": testBase, "codex": testV1} {
		for _, name := range names {
			link := offer(t, connection(name), "ccswitch-"+app).Ways[0].Link
			got := queryOf(t, link, "ccswitch://v1/import")
			if got.Get("resource") != "provider" || got.Get("app") != app || got.Get("name") != strings.TrimSpace(name) ||
				got.Get("endpoint") != endpoint || got.Get("homepage") != testBase || got.Get("apiKey") != awkwardKey ||
				got.Get("model") != "qwen3:8b" || strings.Contains(link, "+") {
				t.Errorf("%v for %q", got, name)
			}
		}
	}
	c := connection("Laptop")
	c.Models = []Model{{ID: "nomic-embed-text", Abilities: catalog.Abilities{Embedding: true}}}
	if got := queryOf(t, offer(t, c, "ccswitch-codex").Ways[0].Link, "ccswitch://v1/import"); got.Has("model") {
		t.Errorf("%s cannot chat", got.Get("model"))
	}
}

func TestWebsites(t *testing.T) {
	c := connection(names[0])
	next := queryOf(t, offer(t, c, "nextchat").Ways[0].Link, "https://app.nextchat.dev/#/")
	if got := parse[map[string]string](t, []byte(next.Get("settings"))); got["key"] != awkwardKey || got["url"] != testBase || len(got) != 2 {
		t.Errorf("NextChat gets %v", got)
	}
	type settings struct{ APIKey, BaseURL, Compatibility string }
	aiaw := parse[struct {
		Type     string
		Settings settings
	}](t, []byte(queryOf(t, offer(t, c, "aiaw").Ways[0].Link, "https://aiaw.app/set-provider").Get("provider")))
	if aiaw.Type != "openai" || aiaw.Settings != (settings{awkwardKey, testV1, "strict"}) {
		t.Errorf("AI as Workspace gets %+v", aiaw)
	}
	lobe := parse[struct {
		KeyVaults struct{ OpenAI settings }
	}](t, []byte(queryOf(t, offer(t, c, "lobechat").Ways[0].Link, "https://lobehub.com/").Get("settings")))
	if lobe.KeyVaults.OpenAI != (settings{awkwardKey, testV1, ""}) {
		t.Errorf("LobeChat gets %+v", lobe)
	}
	for _, o := range For(c) {
		if slices.Contains(o.Platforms, Web) && o.Note == "" {
			t.Errorf("%s does not say that not every browser can reach home from it", o.ID)
		}
	}
}
