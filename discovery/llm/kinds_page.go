package llm

// byPage are the servers that can be told by their answer to "GET /", or to a question that nobody else is
// asked. Servers that imitate others are told apart here: "GET /api/tags" and "GET /api/version" prove
// nothing, because KoboldCpp, LocalAI, Lemonade, Docker Model Runner and others answer them as well.
func byPage() []kind {
	return []kind{
		{
			// Msty comes with its own Ollama, at port 10000.
			id: "ollama", name: "Ollama", ports: []int{11434, 10000},
			programs: []string{"ollama", "ollama app", "msty", "msty-local"},
			// LocalAI and SGLang can be told to answer "/" like Ollama, for clients that look
			// there (LOCALAI_OLLAMA_API_ROOT_ENDPOINT, SGLANG_OLLAMA_ROOT_ROUTE).
			// Another Modelbeam says the same, for Ollama's clients.
			is:       all(says("/", "Ollama is running"), not(header("Server", "Modelbeam")), not(localAI), not(owner("sglang"))),
			dialects: OpenAI | Ollama | Anthropic,
			version:  value("/api/version", "version"),
			models:   listOllama,
			more:     ollamaPorts,
			app:      &ollamaApp,
			// https://docs.ollama.com/api/openai-compatibility, https://docs.ollama.com/api/ps
			quirks: Quirks{StreamUsage: true, States: "/api/ps"},
			since:  map[Dialect]string{Anthropic: "0.14.0"}, // https://docs.ollama.com/api/anthropic-compatibility
		},
		{
			id: "lmstudio", name: "LM Studio", ports: []int{1234},
			programs: []string{"lm studio", "lm-studio", "llmster"},
			// LM Studio answers every path with 200 and shows its user an error for each one that it
			// does not know (https://github.com/lmstudio-ai/lmstudio-bug-tracker/issues/2085). So
			// this question, which its own command line tool asks, comes before all others.
			is:        holds("/lmstudio-greeting", "lmstudio", true),
			elsewhere: contains("/", "Unexpected endpoint or method"),
			dialects:  OpenAI | Anthropic,
			models:    withDetails(listAt(modelsPath), detailLMStudio),
			more:      lmStudioPorts,
			app:       &lmStudioApp,
			quirks: Quirks{
				// Since 0.3.18: https://lmstudio.ai/docs/developer/api-changelog
				StreamUsage: true,
				// https://github.com/lmstudio-ai/lmstudio-bug-tracker/issues/189
				SchemaOnly: true,
				// https://lmstudio.ai/docs/developer/rest/endpoints
				States: "/api/v0/models",
			},
		},
		{
			// It sends the header also while it loads its model, with status 503, and as a router,
			// which lists many models and loads them when they are asked for.
			id: "llamacpp", name: "llama.cpp", ports: []int{8080, 8081, 8082},
			programs: []string{"llama-server"}, engine: true,
			is:       either(header("Server", "llama.cpp"), owner("llamacpp")),
			dialects: OpenAI | Anthropic,
			models:   withDetails(listAt(modelsPath), detailLlamaCpp),
			// Releases before tell the number in every stream, asked or not:
			// https://github.com/ggml-org/llama.cpp/pull/15444. The states are the router's:
			// https://github.com/ggml-org/llama.cpp/blob/master/tools/server/README.md
			quirks: Quirks{StreamUsage: true, States: modelsPath},
		},
		{
			id: "llamafile", name: "llamafile", ports: []int{8080, 8081, 8082},
			programs: []string{"llamafile", "llamafiler"}, engine: true,
			is:       header("Server", "llamafile"),
			dialects: OpenAI,
		},
		{
			id: "docker", name: "Docker Model Runner", ports: []int{12434},
			programs: []string{"com.docker.backend", "com.docker.back", "model-runner"},
			// The second is what Docker Desktop says, followed by more words.
			is: either(
				says("/", "Docker Model Runner is running"),
				all(contains("/", "The service is running"), ownerAt("/engines/v1/models", "docker")),
			),
			dialects: OpenAI | Ollama | Anthropic,
			paths:    Paths{OpenAI: "/engines/v1", Anthropic: "/anthropic/v1"},
		},
		{
			id: "nexa", name: "Nexa SDK", ports: []int{18181},
			programs: []string{"nexa"},
			is:       says("/", "Nexa SDK is running"),
			dialects: OpenAI,
			// https://github.com/NexaAI/nexa-sdk/blob/main/runner/server/handler/chat.go
			quirks: Quirks{StreamUsage: true},
		},
		{
			id: "openwebui", name: "Open WebUI", ports: []int{8080, 3000},
			programs: []string{"open-webui"},
			// It can be given another name, which then stands on its page but not here.
			is:       all(either(contains("/", "Open WebUI"), pageless), holds("/api/config", "features", nil)),
			dialects: OpenAI | Anthropic,
			paths:    Paths{OpenAI: "/api", Anthropic: "/api/v1"},
			version:  value("/api/config", "version"),
			quirks:   Quirks{Fronts: true}, // Ollama, mostly: https://docs.openwebui.com
		},
		{
			id: "anythingllm", name: "AnythingLLM", ports: []int{3001},
			programs:  []string{"anythingllm", "anythingllmdesktop"},
			is:        holds("/api/ping", "online", true),
			elsewhere: either(contains("/", "AnythingLLM"), pageless),
			dialects:  OpenAI,
			paths:     Paths{OpenAI: "/api/v1/openai"},
		},
		{
			id: "olla", name: "Olla", ports: []int{40114},
			programs:  []string{"olla"},
			is:        either(holds("/version", "name", "Olla"), ownerAt("/olla/models", "olla")),
			elsewhere: pageless,
			dialects:  OpenAI | Anthropic,
			paths:     Paths{OpenAI: "/olla/proxy/v1", Anthropic: "/olla/anthropic/v1"},
			version:   value("/version", "version"),
			models:    firstOf(listAt("/olla/proxy/v1/models"), listAt("/olla/models")),
			quirks:    Quirks{Fronts: true},
		},
	}
}

// localAI holds for a page that LocalAI shows to everybody, even where it wants a key for the rest.
var localAI = holds("/.well-known/localai.json", "version", nil)
