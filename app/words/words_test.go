package words

import (
	"testing"

	"modelbeam/app"
)

func server(name string, models int) app.Server {
	return app.Server{Kind: "openai", Name: name, Models: make([]string, models), Online: true}
}

func TestHeadline(t *testing.T) {
	off := server("llama.cpp", 4)
	off.Online = false
	hidden := server("Ollama", 2)
	hidden.Hidden = true
	loading, locked, stranger := server("llama.cpp", 0), server("KoboldCpp", 1), server("vLLM", 1)
	loading.Loading, locked.NeedsKey = true, true
	loadingToo, lockedToo, lockedThree := server("vLLM", 0), server("Jan", 1), server("oobabooga", 1)
	loadingToo.Loading, lockedToo.NeedsKey, lockedThree.NeedsKey = true, true, true
	stranger.User, stranger.Hidden = "ben", true
	tests := []struct {
		name    string
		servers []app.Server
		en, zh  string
	}{
		{"one model", []app.Server{server("Ollama", 1)}, "Sharing 1 model from Ollama", "正在共享 1 个模型，来自 Ollama"},
		{"two servers", []app.Server{server("Ollama", 2), server("LM Studio", 3)}, "Sharing 5 models from Ollama and LM Studio", "正在共享 5 个模型，来自 Ollama 和 LM Studio"},
		{"four servers", []app.Server{server("A", 1), server("B", 1), server("C", 1), server("D", 1)}, "Sharing 4 models from A, B and 2 more", "正在共享 4 个模型，来自 A、B 及另外 2 个"},
		{"twice the same", []app.Server{server("Ollama", 1), server("Ollama", 1)}, "Sharing 2 models from Ollama", "正在共享 2 个模型，来自 Ollama"},
		{"no model", []app.Server{server("Ollama", 0)}, "Found Ollama, but no models yet", "找到了 Ollama，但其中还没有模型"},
		{"one away", []app.Server{server("Ollama", 2), off}, "Sharing 2 models from Ollama", "正在共享 2 个模型，来自 Ollama"},
		{"demo beside a real one", []app.Server{server("Ollama", 2), demoServer()}, "Sharing 2 models from Ollama", "正在共享 2 个模型，来自 Ollama"},
		{"all hidden", []app.Server{hidden}, "Nothing is shared with phones", "没有与手机共享任何模型"},
		{"one hidden", []app.Server{server("LM Studio", 2), hidden}, "Sharing 2 models from LM Studio", "正在共享 2 个模型，来自 LM Studio"},
		{"one loads", []app.Server{loading}, "llama.cpp is loading its model…", "llama.cpp 正在加载模型…"},
		{"one loads beside another", []app.Server{loading, server("Ollama", 2)}, "Sharing 2 models from Ollama", "正在共享 2 个模型，来自 Ollama"},
		{"two load", []app.Server{loading, loadingToo}, "llama.cpp and vLLM are loading their models…", "正在加载模型：llama.cpp 和 vLLM…"},
		{"two of one name load", []app.Server{loading, loading}, "llama.cpp is loading its model…", "llama.cpp 正在加载模型…"},
		{"one needs a key", []app.Server{locked}, "KoboldCpp needs a key", "KoboldCpp 需要密钥"},
		{"two need a key", []app.Server{locked, lockedToo}, "KoboldCpp and Jan need a key", "需要密钥：KoboldCpp 和 Jan"},
		{"three need a key", []app.Server{locked, lockedToo, lockedThree}, "KoboldCpp, Jan and 1 more need a key", "需要密钥：KoboldCpp、Jan 及另外 1 个"},
		{"two without a model", []app.Server{server("Ollama", 0), server("LM Studio", 0)}, "Found Ollama and LM Studio, but no models yet", "找到了 Ollama 和 LM Studio，但其中还没有模型"},
		{"somebody else's beside the demo", []app.Server{stranger, demoServer()}, "You have no AI app of your own yet", "你还没有自己的 AI 应用"},
		{"only the demo", []app.Server{demoServer()}, "No AI app found yet: phones can try the built-in demo", "还没有找到 AI 应用：手机可以先试用内置演示"},
	}
	for _, language := range []string{"en", "zh"} {
		useLanguage(t, language)
		for _, tt := range tests {
			want := tt.en
			if language == "zh" {
				want = tt.zh
			}
			if got := Headline(app.State{Phase: app.Sharing, Servers: tt.servers}); got != want {
				t.Errorf("%s in %s: %q, want %q", tt.name, language, got, want)
			}
		}
	}
}
