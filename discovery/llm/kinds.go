package llm

import "slices"

// kind is all that is known of one kind of server. A new kind is a new row in the table below.
type kind struct {
	id    string // Server.Kind
	name  string // Server.Name
	ports []int  // where it usually listens

	// is tells this kind from every other. Its checks must hold without a key.
	is check
	// elsewhere, if set, must hold before is gets asked on a port that is not usual for this kind.
	// It keeps questions that only this kind understands away from the others.
	elsewhere check

	dialects Dialect
	version  fact         // nil: the server does not say
	models   lister       // how it lists its models
	more     func() []int // ports that this machine's configuration names; nil: none
}

// usual says whether port is a usual one of the kind.
func (k *kind) usual(port int) bool { return slices.Contains(k.ports, port) }

// table is a function so that every caller has a table of its own, which it may add ports to.
//
// The order matters twice: servers are listed in it, and where two rows could both be right the
// first one is. "GET /api/tags" and "GET /api/version" prove nothing: KoboldCpp, LocalAI,
// Lemonade, Docker Model Runner and others answer them like Ollama does. Many later rows
// all ask "GET /v1/models" only; a visit asks each path once.
func table() []kind {
	return append(products(),
		named("vLLM", "vllm", 8000),
		named("SGLang", "sglang", 30000),
		named("LMDeploy", "lmdeploy", 23333),
		named("KoboldCpp", "koboldcpp", 5001),
		named("Lemonade", "lemonade", 13305, 8000),
		named("Docker Model Runner", "docker", 12434),
		named("GPT4All", "humanity", 4891),
		named("Apple Foundation Models", "apple", 11434, 9999), // apfel has Ollama's port
		named("oMLX", "omlx", 8000),
		named("exo", "exo", 52415),
		named("Aphrodite", "aphrodite", 2242),
		named("llama-swap", "llama-swap", 8080),
		named("Olla", "olla", 40114),
		named("FastChat", "fastchat", 8000),
		kind{
			id: "openai", name: "OpenAI-compatible server", is: openAI, dialects: OpenAI, models: listOpenAI,
			// Ports that other products use, and those that people choose.
			ports: []int{
				8000, 8001, 8081, 8082, 8083, 8084, 8085, 8086, 8087, 8088, 8089, 8090,
				3000, 3001, 4000, 9997, 10240, 18181, 39281,
			},
		})
}

// products are the servers that let themselves be known by more than the owner of their models.
func products() []kind {
	return []kind{
		{
			id: "ollama", name: "Ollama", ports: []int{11434, 10000}, // 10000: the one inside Msty
			// LocalAI and SGLang can be told to answer "/" like Ollama, for clients that look
			// there (LOCALAI_OLLAMA_API_ROOT_ENDPOINT, SGLANG_OLLAMA_ROOT_ROUTE).
			is:       all(says("/", "Ollama is running"), not(localAI), not(owner("sglang"))),
			dialects: OpenAI | Ollama | Anthropic,
			version:  value("/api/version", "version"),
			models:   listOllama,
			more:     ollamaPorts,
		},
		{
			id: "lmstudio", name: "LM Studio", ports: []int{1234},
			// LM Studio answers every path with 200 and shows its user an error for each that it
			// does not know (https://github.com/lmstudio-ai/lmstudio-bug-tracker/issues/2085),
			// so this question, the one of its own command line tool, comes before all others.
			is:        holds("/lmstudio-greeting", "lmstudio", true),
			elsewhere: contains("/", "Unexpected endpoint or method"),
			dialects:  OpenAI | Anthropic,
			models:    listLMStudio,
			more:      lmStudioPorts,
		},
		{
			// While it loads its model it answers 503, with the same header.
			id: "llamacpp", name: "llama.cpp", ports: []int{8080, 8081, 8082},
			is:       either(header("Server", "llama.cpp"), owner("llamacpp")),
			dialects: OpenAI | Anthropic, models: listOpenAI,
		},
		{
			id: "llamacpp", name: "llamafile", ports: []int{8080, 8081, 8082},
			is:       header("Server", "llamafile"),
			dialects: OpenAI, models: listOpenAI,
		},
		{
			id: "openai", name: "Jan", ports: []int{1337},
			is:       all(openAI, contains("/", "<title>API Docs</title>")),
			dialects: OpenAI, models: listOpenAI,
		},
		{
			id: "openai", name: "LocalAI", ports: []int{8080},
			is:       all(openAI, localAI),
			dialects: OpenAI, models: listOpenAI,
		},
		{
			id: "openai", name: "TabbyAPI", ports: []int{5000},
			// It wants a key for its models as it comes; this page of its is always open.
			is:       all(openAI, either(owner("tabbyAPI"), all(wantsKey, holds("/.well-known/serviceinfo", "software.name", "TabbyAPI")))),
			dialects: OpenAI, models: listOpenAI,
		},
		{
			id: "openai", name: "text-generation-webui", ports: []int{5000},
			is:       all(owner("user"), holds("/v1/internal/health", "status", "ok")),
			dialects: OpenAI, models: listOpenAI,
		},
		{
			id: "openai", name: "MLX LM", ports: []int{8080},
			is:       all(listsModels, header("Server", "BaseHTTP/"), holds("/health", "status", "ok")),
			dialects: OpenAI, models: listOpenAI,
		},
	}
}

// localAI is a page that LocalAI shows to everybody, even where it wants a key for the rest.
var localAI = holds("/.well-known/localai.json", "version", nil)

// named is the row of a server that is known by the owner that it writes on its models.
func named(name, by string, ports ...int) kind {
	return kind{
		id: "openai", name: name, ports: ports, is: owner(by), dialects: OpenAI, models: listOpenAI,
	}
}
