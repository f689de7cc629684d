package doctor

// text is what is said of a cause, and the button.
type text struct {
	title, advice string
	action        string
	do            Deed
}

// texts are for people who have never heard of ports, subnets and rules. Those of causes that the State tells
// already are the State's own.
var texts = map[Cause]text{
	Fine: {"Nothing on this computer keeps phones out.", "Scan the code. If that does not work, come back and say what the phone shows.", "", DoNothing},
	Inconclusive: {
		"Two things are possible.", "Look at the phone to find out which.", "", DoNothing,
	},

	Paused: {"Sharing is paused.", "Press Resume to let phones in.", "Resume", DoResume},
	OnlyThisComputer: {
		"Modelbeam only listens to this computer itself.",
		"It was started with the address {{.Listen}}. Start it again without a fixed address, and phones can reach it.", "", DoNothing,
	},
	OtherProgram: {
		"Another program answers in Modelbeam's place.",
		"It uses {{.Address}} too. Close that program, then check again.", "", DoNothing,
	},

	HTTPSTyped: {
		"The phone asked for a secure page.", "Modelbeam's address begins with http, without an s. Open {{.URL}} on the phone.",
		"Copy the address", DoCopy,
	},
	PhoneProxy: {
		"Something on the phone goes a long way round.",
		"Turn off VPN, iCloud Private Relay or data saver on the phone, at least for this Wi-Fi, and try again.", "", DoNothing,
	},
	WrongHost: {
		"The phone asks for a name that is not this computer's.", "It asked for {{.Detail}}. Open {{.URL}} instead.", "Copy the address", DoCopy,
	},
	NameNotFound: {
		"The phone does not find the name {{.Host}}.", "Use the address with numbers instead: {{.URL}}", "Copy the address", DoCopy,
	},
	CodeOld: {
		"The phone used a code that is wrong or too old.", "A code works once, for three minutes. Scan the one that is shown now.", "", DoNothing,
	},
	KeyUnknown: {
		"An app on the phone uses a key that does not work here.",
		"The phone may have been removed. Scan the code again, then connect the app once more from the page that opens.", "", DoNothing,
	},
	WebAppStopped: {
		"The phone's browser holds a web app back.",
		"It asked whether {{.Detail}} may use this computer, and then sent nothing. Allow that page the local network in the browser, or use the page that the code opens.",
		"", DoNothing,
	},
	AppBlocked: {
		"The phone gets through, but the app does not.",
		"In the phone's settings, allow the app to use the local network. Then check its address and key.", "", DoNothing,
	},
	Clock: {
		"The clocks of phone and computer differ.", "They are {{.Minutes}} minutes apart. Let both set their time automatically.", "", DoNothing,
	},

	NoServer: {
		"No AI app is running on this computer.", "Phones get through, but nobody answers them. Start Ollama, LM Studio or another one.", "", DoNothing,
	},
	ServerHangs: {
		"{{.Server}} does not answer.", "Phones get through to this computer, but {{.Server}} stays silent. Start it again.", "", DoNothing,
	},
	ServerNoModel: {
		"{{.Server}} has no model yet.", "Phones get through, but there is nothing to chat with. Download a model in {{.Server}}.", "", DoNothing,
	},
	ServerNeedsKey: {
		"{{.Server}} needs a key.", "Phones can use its models once Modelbeam has that key.", "Enter key…", DoEnterKey,
	},
	ServerRefuses: {
		"{{.Server}} turns phones down.", "They get through to this computer, and {{.Server}} answers with an error. Look there for the reason.", "", DoNothing,
	},

	VPNTakesNetwork: {
		"A VPN on this computer shuts phones out.",
		"Turn the VPN off, or allow local devices in its settings. Then check again.", "", DoNothing,
	},
	FirewallRule: {
		"Windows keeps phones out.", "When Windows asked about Modelbeam, the answer was Cancel. Press the button and say Yes this time.", "Let phones in", DoLetIn,
	},
	FirewallNoRule: {
		"Windows does not let phones in yet.", "Press the button and say Yes when Windows asks.", "Let phones in", DoLetIn,
	},
	FirewallPublic: {
		"Windows takes this network for a public place.",
		"That keeps phones out. If this is your home, choose Private network in the settings that open.", "Open settings", DoNetworkSettings,
	},
	FirewallUFW: {
		"This computer's firewall keeps phones out.", "It is called ufw. Let phones in, and enter your password when asked.", "Let phones in", DoLetIn,
	},
	FirewallFirewalld: {
		"This computer's firewall keeps phones out.", "It is called firewalld. Let phones in, and enter your password when asked.", "Let phones in", DoLetIn,
	},
	FirewallMacOS: {
		"The Mac's firewall keeps phones out.", "In the settings that open, allow incoming connections for Modelbeam.", "Open settings", DoFirewall,
	},
	Firewall: {
		"A firewall on this computer keeps phones out.",
		"A phone is looking for this computer and is turned away. Allow Modelbeam in your firewall or security program.", "", DoNothing,
	},
	LocalNetworkDenied: {
		"macOS keeps Modelbeam off the local network.", "In the settings that open, turn on Modelbeam under Local Network.", "Open settings", DoPrivacySettings,
	},
	TwoNetworks: {
		"This computer is on two networks.",
		"The code leads to {{.Used}}. If the phone is on the other network, use the other code.", "Use the other code", DoUseAddress,
	},
	SameName: {
		"Two computers here have the same name.", "The phone may have found the other one. Scan the code instead of choosing {{.Name}} from a list.", "", DoNothing,
	},
	Slept: {
		"This computer was asleep.", "No phone can reach it then. It is awake now: try again.", "", DoNothing,
	},
	Isolated: {
		"This Wi-Fi keeps its devices apart.",
		"Guest and hotel networks do that. Put the phone and this computer on your home Wi-Fi, or this computer on the phone's hotspot.", "", DoNothing,
	},
	PhoneElsewhere: {
		"The phone is on another network.",
		"Turn its Wi-Fi on and choose the same network as this computer's. Mobile data, a guest Wi-Fi or a VPN do not lead here.", "", DoNothing,
	},
	OtherPage: {
		"The page on the phone is not Modelbeam's.",
		"Some Wi-Fi shows a page of its own until you sign in. Sign in there, then scan the code again.", "", DoNothing,
	},
	NotRunning: {"Modelbeam is not running.", "Start it, and check again.", "", DoNothing},
}

// question decides between two causes: what to ask the person, and what each answer leads to.
type question struct{ asks, leads string }

// questions are about the cause that stands first, where the second is that the phone is elsewhere or kept apart.
var questions = map[Cause]question{
	Isolated: {
		"Is the phone on the same Wi-Fi as this computer?",
		"If not, join that one on the phone. If so, this Wi-Fi keeps its devices apart, as guest networks do: use another one, or the phone's hotspot.",
	},
	LocalNetworkDenied: {
		"Is Modelbeam turned on under Privacy & Security, Local Network?",
		"If not, turn it on there. If so, look whether the phone is on the same Wi-Fi as this computer.",
	},
	TwoNetworks: {
		"Is the phone on the same Wi-Fi as this computer?",
		"If not, join that one on the phone. If so, use the other code.",
	},
	Firewall: {
		"Is the phone on the same Wi-Fi as this computer?",
		"If not, join that one on the phone. If so, a firewall on this computer keeps it out: allow Modelbeam there.",
	},
}

// asked is the question about two causes.
func asked(first Cause) question {
	if q, ok := questions[first]; ok {
		return q
	}
	return questions[Firewall]
}

// worded is a verdict in words.
func worded(c Cause, v verdict) Diagnosis {
	t := texts[c]
	d := Diagnosis{
		Cause: c, Sure: v.level == sure, Title: t.title, Advice: t.advice, Action: t.action, Do: t.do, Params: v.params,
	}
	if v.proof != "" {
		d.Proof = []string{v.proof}
	}
	if v.edit != nil {
		v.edit(&d)
	}
	return d
}
