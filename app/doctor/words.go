package doctor

import "strings"

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

	Paused: {"Sharing is paused.", "Resume sharing to let phones in.", "Resume", DoResume},
	OnlyThisComputer: {
		"Only this computer itself can use Modelbeam.",
		"It was started with the fixed address {{.Listen}}. Start it again without one, and phones can reach it.", "", DoNothing,
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
		"The phone's traffic takes a detour.",
		"On the phone, turn off VPN, iCloud Private Relay and data saver, at least for this Wi-Fi. Then try again.", "", DoNothing,
	},
	WrongHost: {
		"The phone asks for a name that is not this computer's.", "It asked for {{.Detail}}. Open {{.URL}} instead.", "Copy the address", DoCopy,
	},
	NameNotFound: {
		"The phone does not find the name {{.Host}}.", "Open {{.URL}} instead: an address in numbers always works.", "Copy the address", DoCopy,
	},
	CodeOld: {
		"The phone used a code that is wrong or too old.", "A code works once, for three minutes. Scan the one that is shown now.", "", DoNothing,
	},
	KeyUnknown: {
		"An app on the phone uses a key that does not work here.",
		"The phone may have been removed. Scan the code again, then connect the app once more from the page that opens.", "", DoNothing,
	},
	WebAppStopped: {
		"The phone's browser is blocking a web app.",
		"If you use {{.Detail}}, allow it to use the local network in the browser's settings. Or use the page that the code opens.",
		"", DoNothing,
	},
	AppSettings: {
		"The app asks for something that is not here.",
		"Compare its address and model with those under Apps on the phone's page, or connect it from there once more.", "", DoNothing,
	},
	AppBlocked: {
		"The phone gets through, but the app does not.",
		"In the phone's settings, allow the app to use the local network. Then check its address and key.", "", DoNothing,
	},
	Clock: {
		"The phone and this computer disagree about the time.", "They are {{.Minutes}} minutes apart. Let both set their time automatically.", "", DoNothing,
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
		"{{.Server}} answers phones with an error.", "Phones get through to this computer. Look in {{.Server}} for the reason.", "", DoNothing,
	},

	VPNTakesNetwork: {
		"A VPN on this computer keeps phones out.",
		"Turn the VPN off, or allow local devices in its settings. Then check again.", "", DoNothing,
	},
	FirewallRule: {
		"Windows keeps phones out.", "When Windows asked about Modelbeam, the answer was Cancel. Let phones in now, and say Yes.", "Let phones in", DoLetIn,
	},
	FirewallNoRule: {
		"Windows does not let phones in yet.", "Let them in, and say Yes when Windows asks.", "Let phones in", DoLetIn,
	},
	FirewallPublic: {
		"Windows treats this network as public.",
		"That keeps phones out. If you are at home, make it a private network in Windows' network settings.", "Open settings", DoNetworkSettings,
	},
	FirewallUFW: {
		"This computer's firewall keeps phones out.", "It is called ufw. Let Modelbeam through, and enter your password when asked.", "Let phones in", DoLetIn,
	},
	FirewallFirewalld: {
		"This computer's firewall keeps phones out.", "It is called firewalld. Let Modelbeam through, and enter your password when asked.", "Let phones in", DoLetIn,
	},
	FirewallMacOS: {
		"The Mac's firewall keeps phones out.", "Allow incoming connections for Modelbeam in System Settings, under Network, Firewall.", "Open settings", DoFirewall,
	},
	Firewall: {
		"A firewall on this computer keeps phones out.",
		"A phone is looking for this computer and is turned away. Allow Modelbeam in your firewall or security program.", "", DoNothing,
	},
	LocalNetworkDenied: {
		"macOS keeps Modelbeam off the local network.", "Turn on Modelbeam in System Settings, under Privacy & Security, Local Network.", "Open settings", DoPrivacySettings,
	},
	TwoNetworks: {
		"This computer is on two networks.",
		"The code leads to {{.Used}}. If the phone is on the other network, use the other code.", "Use the other code", DoUseAddress,
	},
	SameName: {
		"Two computers here have the same name.", "The phone may have found the other one. Scan the code to be sure.", "", DoNothing,
	},
	Slept: {
		"This computer was asleep.", "Phones cannot reach it while it sleeps. It is awake now: try again.", "", DoNothing,
	},
	Isolated: {
		"This Wi-Fi keeps its devices apart.",
		"Guest and hotel networks do that. Use your home Wi-Fi for both, or connect this computer to the phone's hotspot.", "", DoNothing,
	},
	PhoneElsewhere: {
		"The phone is on another network.",
		"Connect it to the same Wi-Fi as this computer. Mobile data, a guest Wi-Fi and a VPN do not lead here.", "", DoNothing,
	},
	OtherPage: {
		"The page on the phone is not Modelbeam's.",
		"Some Wi-Fi shows a page of its own until you sign in. Sign in there, then scan the code again.", "", DoNothing,
	},
	NotRunning: {"Modelbeam is not running.", "Start it, and check again.", "", DoNothing},
}

// question decides between two causes: what to ask the person, and what each answer leads to.
type question struct{ asks, leads string }

// pair are two causes that are left, in the order of their checks.
type pair [2]Cause

var questions = map[pair]question{
	{Isolated, PhoneElsewhere}: {
		"Is the phone on the same Wi-Fi as this computer?",
		"If not, switch the phone to it. If it is, this Wi-Fi keeps its devices apart, as guest networks do: use another one, or the phone's hotspot.",
	},
	{Firewall, PhoneElsewhere}: {
		"Is the phone on the same Wi-Fi as this computer?",
		"If not, switch the phone to it. If it is, a firewall on this computer keeps it out: allow Modelbeam there.",
	},
	{Firewall, Isolated}: {
		"Is there a firewall or security program on this computer?",
		"If there is, allow Modelbeam in it. If not, this Wi-Fi keeps its devices apart, as guest networks do: use another one, or the phone's hotspot.",
	},
	{LocalNetworkDenied, PhoneElsewhere}: {
		"Is Modelbeam turned on under Privacy & Security, Local Network?",
		"If not, turn it on. If it is, check whether the phone is on the same Wi-Fi as this computer.",
	},
	{TwoNetworks, LocalNetworkDenied}: {
		"Is Modelbeam turned on under Privacy & Security, Local Network?",
		"If not, turn it on. If it is, use the other code.",
	},
	{Firewall, LocalNetworkDenied}: {
		"Is Modelbeam turned on under Privacy & Security, Local Network?",
		"If not, turn it on. If it is, a firewall on this computer keeps the phone out: allow Modelbeam there.",
	},
	{TwoNetworks, Firewall}: {
		"Is the phone on the same Wi-Fi as this computer?",
		"If not, use the other code. If it is, a firewall on this computer keeps it out: allow Modelbeam there.",
	},
}

// questionOn is the question that decides between two causes. One firewall is as good as another here.
func questionOn(a, b Cause) question {
	if q, ok := questions[pair{a.kind(), b.kind()}]; ok {
		return q
	}
	return questions[pair{a.kind(), PhoneElsewhere}]
}

// kind is Firewall for all of them.
func (c Cause) kind() Cause {
	if strings.HasPrefix(string(c), string(Firewall)) {
		return Firewall
	}
	return c
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
