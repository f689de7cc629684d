package clients

import (
	"encoding/base64"
	"encoding/json"
	"net/url"
	"strings"

	"modelbeam/tunnel/catalog"
)

func base(c Connection) string { return c.Base }

func openAI(c Connection) string { return c.Base + "/v1" }

func key(c Connection) string { return c.Key }

// keyless is the address for apps that have no field for a key.
func keyless(c Connection) string { return c.Base + "/t/" + c.Key }

func below(path string) value {
	return func(c Connection) string { return c.Base + path }
}

// providerID is the same each time, so that an app which goes by it replaces the connection
// when the laptop's address has changed.
func providerID(c Connection) string { return "modelbeam-" + c.ID }

// chatboxLink and chatboxConfig: https://docs.chatboxai.app/guides/providers/import-config.
func chatboxLink(c Connection) string {
	return "chatbox://provider/import?config=" + packed(chatboxProvider(c))
}

func chatboxConfig(c Connection) string { return written(chatboxProvider(c)) }

type chatboxModel struct {
	ID           string   `json:"modelId"`
	Type         string   `json:"type"`
	Capabilities []string `json:"capabilities,omitempty"`
	Context      int      `json:"contextWindow,omitempty"`
}

// chatboxProvider leaves apiPath out: with one, the app looks for the models at another place
// than for the chat.
func chatboxProvider(c Connection) any {
	settings := map[string]any{"apiHost": openAI(c), "apiKey": c.Key}
	if len(c.Models) > 0 { // an empty list would be taken for all there is
		settings["models"] = chatboxModels(c.Models)
	}
	return map[string]any{"isCustom": true, "id": providerID(c), "name": c.Name, "type": "openai", "settings": settings}
}

func chatboxModels(models []Model) []chatboxModel {
	list := make([]chatboxModel, len(models))
	for i, m := range models {
		list[i] = chatboxModel{ID: m.ID, Type: "chat", Context: m.Context}
		if m.Abilities.Embedding {
			list[i].Type = "embedding"
		}
		list[i].Capabilities = m.named("vision", "tool_use", "reasoning")
	}
	return list
}

// named lists what m can do, in an app's words.
func (m Model) named(vision, tools, reasoning string) []string {
	var names []string
	for _, a := range []struct {
		has  bool
		name string
	}{{m.Abilities.Vision, vision}, {m.Abilities.Tools, tools}, {m.Abilities.Reasoning, reasoning}} {
		if a.has {
			names = append(names, a.name)
		}
	}
	return names
}

const aiProvider = "ai-provider:v1:"

// kelivoText is the format of RikkaHub, of which Kelivo reads these four.
// https://github.com/Chevey339/kelivo
func kelivoText(c Connection) string { return aiProvider + encoded(aiProviderOf(c)) }

func aiProviderOf(c Connection) map[string]any {
	return map[string]any{"type": "openai", "name": c.Name, "apiKey": c.Key, "baseUrl": openAI(c)}
}

// longestCode is how many bytes a QR code may hold so that a phone reads it off a screen in an
// instant. A longer list of models stays out; the app can fetch it.
const longestCode = 700

// rikkaHubText: https://github.com/rikkahub/rikkahub, ProviderSetting.
func rikkaHubText(c Connection) string {
	provider := aiProviderOf(c)
	bare := aiProvider + encoded(provider)
	provider["models"] = rikkaHubModels(c.Models)
	if whole := aiProvider + encoded(provider); len(c.Models) > 0 && len(whole) <= longestCode {
		return whole
	}
	return bare
}

func rikkaHubModels(models []Model) []map[string]any {
	var list []map[string]any
	for _, m := range models {
		model := map[string]any{"modelId": m.ID, "displayName": m.ID}
		if m.Abilities.Embedding {
			model["type"] = "EMBEDDING"
		}
		if m.Abilities.Vision {
			model["inputModalities"] = []string{"TEXT", "IMAGE"}
		}
		if abilities := (Model{Abilities: catalog.Abilities{Tools: m.Abilities.Tools, Reasoning: m.Abilities.Reasoning}}).named("", "TOOL", "REASONING"); abilities != nil {
			model["abilities"] = abilities
		}
		list = append(list, model)
	}
	return list
}

// openCatLink and botGemLink are as one-api and new-api make them; the apps are closed.
// https://github.com/QuantumNous/new-api, setting/chat.go
func openCatLink(c Connection) string {
	return "opencat://team/join?" + query("domain", c.Base, "token", c.Key)
}

func botGemLink(c Connection) string {
	return "ama://set-api-key?" + query("server", c.Base, "key", c.Key)
}

// unquoted is for Cherry Studio, which turns every ' of the JSON into ", and then writes the
// name between two ' into a script: "Anna's laptop" would break both.
// https://github.com/CherryHQ/cherry-studio, handle-providers.ts
var unquoted = strings.NewReplacer("'", "’", "(", "", ")", "")

func cherryStudioLink(c Connection) string {
	return "cherrystudio://providers/api-keys?v=1&data=" + packed(map[string]any{
		"id": providerID(c), "name": unquoted.Replace(c.Name), "type": "openai", "baseUrl": c.Base, "apiKey": c.Key,
	})
}

// deepChatLink: https://github.com/ThinkInAIXYZ/deepchat, providerDeeplink.ts. With an id the
// app would change one of its own providers.
func deepChatLink(c Connection) string {
	return "deepchat://provider/install?v=1&data=" + packed(map[string]any{
		"name": c.Name, "type": "openai-completions", "baseUrl": openAI(c), "apiKey": c.Key,
	})
}

// aionUiLink has both spellings, the app changed from one to the other.
// https://github.com/iOfficeAI/AionUi, deepLink.ts
func aionUiLink(c Connection) string {
	return "aionui://provider/add?v=1&data=" + packed(map[string]any{
		"platform": "custom", "name": c.Name,
		"baseUrl": openAI(c), "apiKey": c.Key, "base_url": openAI(c), "api_key": c.Key,
	})
}

// ccSwitchLink is for a coding tool that CC Switch configures. Older versions insist on a
// homepage. https://github.com/farion1231/cc-switch, deeplink/parser.rs
func ccSwitchLink(app string, endpoint value) value {
	return func(c Connection) string {
		link := "ccswitch://v1/import?resource=provider&" + query(
			"app", app, "name", c.Name, "homepage", c.Base, "endpoint", endpoint(c), "apiKey", c.Key)
		for _, m := range c.Models {
			if !m.Abilities.Embedding {
				return link + "&" + query("model", m.ID)
			}
		}
		return link
	}
}

// nextChatLink: https://github.com/ChatGPTNextWeb/NextChat, command.ts. It stands after the #,
// which browsers keep to themselves.
func nextChatLink(c Connection) string {
	return "https://app.nextchat.dev/#/?" + query("settings", written(map[string]any{"key": c.Key, "url": c.Base}))
}

// aiawLink: https://docs.aiaw.app/usage/share-link.html.
func aiawLink(c Connection) string {
	return "https://aiaw.app/set-provider?" + query("provider", written(map[string]any{
		"type":     "openai",
		"settings": map[string]any{"apiKey": c.Key, "baseURL": openAI(c), "compatibility": "strict"},
	}))
}

// lobeChatLink: https://lobehub.com/docs/self-hosting/advanced/settings-url-share.
func lobeChatLink(c Connection) string {
	return "https://lobehub.com/?" + query("settings", written(map[string]any{
		"keyVaults": map[string]any{"openai": map[string]any{"apiKey": c.Key, "baseURL": openAI(c)}},
	}))
}

// query writes names and values, in pairs and in this order, so that every reader of links
// understands it: not all take "+" for a blank, as url.Values writes it.
func query(pairs ...string) string {
	var b strings.Builder
	for i := 0; i+1 < len(pairs); i += 2 {
		if i > 0 {
			b.WriteByte('&')
		}
		b.WriteString(pairs[i] + "=" + escaped(pairs[i+1]))
	}
	return b.String()
}

func escaped(s string) string { return strings.ReplaceAll(url.QueryEscape(s), "+", "%20") }

// packed is what most deep links carry: JSON in base64, percent-encoded, because of "+" and "/".
func packed(v any) string { return escaped(encoded(v)) }

func encoded(v any) string { return base64.StdEncoding.EncodeToString([]byte(written(v))) }

func written(v any) string {
	text, err := json.Marshal(v)
	if err != nil {
		panic(err) // texts, numbers and lists of them
	}
	return string(text)
}
