package clients

// What most apps take. One that appends /v1 itself gets the base address, all others the one
// with /v1; the gateway understands both mistakes, but an app's own check may not.
var (
	openAIFields  = []field{{label: "Address", value: openAI}, keyField}
	baseFields    = []field{{label: "Address", value: base}, keyField}
	keylessFields = []field{{label: "Address", value: keyless}}
	keyField      = field{label: "Key", value: key, secret: true}
)

var (
	phones   = []Platform{IOS, Android}
	desktops = []Platform{Mac, Windows, Linux}
	all      = []Platform{IOS, Android, Mac, Windows, Linux}
	web      = []Platform{Web}
)

// What must be said of pages on other sites. Their pages are https and the gateway is http on a
// private address; only Chromium lets that pass, after it has asked
// (https://developer.chrome.com/blog/local-network-access).
const (
	webNote       = "This website reaches your home network only in Chrome or Edge. Allow it when the browser asks."
	tellingNote   = "This website reaches your home network only in Chrome or Edge, and the link tells the website your address and key."
	chatboxNote   = "If Chatbox cannot connect, turn on Improve Network Compatibility in this provider’s settings."
	anthropicNote = "Works with AI apps that speak Anthropic’s API, such as Ollama and LM Studio."
)

// table has one row for each app. How an app imports is in its source or its maker's
// documentation; where there is a link, the value that makes it names the place. A new app's note needs its
// Chinese in assets/translations/page/zh.json.
var table = []client{
	{
		id: "chatbox", name: "Chatbox", platforms: all, note: chatboxNote,
		ways: []way{
			// The app forgets a link that started it, hence the first sentence.
			{steps: "Open Chatbox once first, then tap. In Chatbox, tap Save.", link: chatboxLink},
			{steps: "Or copy this, and in Chatbox’s settings for model providers choose Import from clipboard.", text: chatboxConfig},
		},
	},
	{
		id: "pocketpal", name: "PocketPal", platforms: phones,
		ways: []way{{steps: "In PocketPal, add a remote server with this address and key.", fields: baseFields}},
	},
	{
		id: "kelivo", name: "Kelivo", platforms: all,
		ways: []way{
			{steps: "Copy this, then in Kelivo: Settings, Providers, Import, and paste.", text: kelivoText},
			{steps: "In Kelivo: Settings, Providers, Import. Scan this from another screen.", code: kelivoText},
		},
	},
	{
		// It takes the code as a picture too, but no text.
		id: "rikkahub", name: "RikkaHub", platforms: []Platform{Android},
		ways: []way{
			{steps: "In RikkaHub: Settings, Providers, Import. Scan this from another screen, or save the picture and choose it there.", code: rikkaHubText},
			{steps: "Or add an OpenAI provider with this address and key.", fields: openAIFields},
		},
	},
	{
		id: "opencat", name: "OpenCat", platforms: []Platform{IOS, Mac},
		ways: []way{{steps: "Open OpenCat once first, then tap.", link: openCatLink}},
	},
	{
		id: "botgem", name: "BotGem", platforms: []Platform{IOS, Android, Mac, Windows},
		ways: []way{{steps: "Open BotGem once first, then tap.", link: botGemLink}},
	},
	{
		id: "offgrid", name: "Off Grid", platforms: phones,
		ways: []way{{steps: "In Off Grid, add a remote server with this address and key.", fields: baseFields}},
	},
	{
		id: "conduit", name: "Conduit", platforms: phones,
		ways: []way{{steps: "In Conduit, add a direct OpenAI-compatible connection.", fields: openAIFields}},
	},
	{
		id: "cherry-studio-app", name: "Cherry Studio App", platforms: phones,
		ways: []way{{steps: "In Cherry Studio, add an OpenAI provider with this address and key.", fields: baseFields}},
	},
	{
		id: "maid", name: "Maid", platforms: phones,
		ways: []way{{steps: "In Maid, choose OpenAI and enter this address and key.", fields: openAIFields}},
	},
	{
		id: "enchanted", name: "Enchanted", platforms: []Platform{IOS, Mac},
		ways: []way{{steps: "In Enchanted, enter the address as the Ollama server and the key as the bearer token.", fields: baseFields}},
	},
	{
		id: "reins", name: "Reins", platforms: all,
		ways: []way{{steps: "In Reins, enter this address as the Ollama server. The key is in it.", fields: keylessFields}},
	},
	{
		id: "ollama-app", name: "Ollama App", platforms: []Platform{Android, Windows, Linux},
		ways: []way{{steps: "In Ollama App, enter this address as the host. The key is in it.", fields: keylessFields}},
	},
	{
		id: "chatterui", name: "ChatterUI", platforms: []Platform{Android},
		ways: []way{{
			steps: "In ChatterUI, add a Chat Completions connection in remote mode with these.",
			fields: []field{
				{label: "Endpoint", value: below("/v1/chat/completions")},
				{label: "Model endpoint", value: below("/v1/models")},
				keyField,
			},
		}},
	},
	{
		id: "cherry-studio", name: "Cherry Studio", platforms: desktops,
		ways: []way{{steps: "Cherry Studio asks before it adds the connection.", link: cherryStudioLink}},
	},
	{
		id: "deepchat", name: "DeepChat", platforms: desktops,
		ways: []way{{steps: "DeepChat asks before it adds the connection.", link: deepChatLink}},
	},
	{
		id: "aionui", name: "AionUi", platforms: desktops,
		ways: []way{{steps: "AionUi asks before it adds the connection.", link: aionUiLink}},
	},
	{
		id: "ccswitch-claude", name: "CC Switch (Claude Code)", platforms: desktops, note: anthropicNote,
		ways: []way{{steps: "CC Switch asks before it adds the connection.", link: ccSwitchLink("claude", base)}},
	},
	{
		id: "ccswitch-codex", name: "CC Switch (Codex)", platforms: desktops,
		ways: []way{{steps: "CC Switch asks before it adds the connection.", link: ccSwitchLink("codex", openAI)}},
	},
	{
		id: "jan", name: "Jan", platforms: desktops,
		ways: []way{{steps: "In Jan, add a model provider with this address and key.", fields: openAIFields}},
	},
	{
		id: "page-assist", name: "Page Assist", platforms: desktops,
		ways: []way{{steps: "In Page Assist’s settings, add an OpenAI-compatible API with this address and key.", fields: openAIFields}},
	},
	{
		id: "nextchat", name: "NextChat", platforms: web, note: webNote,
		ways: []way{{steps: "NextChat asks before it adds the connection. Then enter a model’s name under Custom Models in its settings.", link: nextChatLink}},
	},
	{
		id: "aiaw", name: "AI as Workspace", platforms: web, note: tellingNote,
		ways: []way{{steps: "AI as Workspace adds the connection at once.", link: aiawLink}},
	},
	{
		id: "lobechat", name: "LobeChat", platforms: web, note: tellingNote,
		ways: []way{{steps: "Sign in to LobeChat first. In its settings for OpenAI, turn on Client Request Mode.", link: lobeChatLink}},
	},
	{
		id: Other, name: "Any other app", platforms: all,
		ways: []way{{steps: "For apps that work with any OpenAI-compatible server.", fields: openAIFields}},
	},
}
