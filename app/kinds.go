package app

// ProblemKind says what a Problem is about. The words are stable, for scripts.
type ProblemKind string

// The kinds of problems. A Problem's words may differ within one.
const (
	ProblemPortTaken      ProblemKind = "port-taken"
	ProblemListenFailed   ProblemKind = "listen-failed"
	ProblemSettingsReset  ProblemKind = "settings-reset"
	ProblemDevicesReset   ProblemKind = "devices-reset"
	ProblemSettingsUnread ProblemKind = "settings-unreadable"
	ProblemDevicesUnread  ProblemKind = "devices-unreadable"
	ProblemNotSaved       ProblemKind = "not-saved"
	ProblemOffline        ProblemKind = "offline"
	ProblemAddressGone    ProblemKind = "address-gone"
	ProblemMoved          ProblemKind = "address-changed"
	ProblemGuessing       ProblemKind = "wrong-codes"
	ProblemEncrypted      ProblemKind = "https-asked"
	ProblemWantsKey       ProblemKind = "server-wants-key"
	ProblemNoAnswer       ProblemKind = "server-no-answer"
	ProblemNotStarted     ProblemKind = "server-not-started"
	ProblemNotAtLogin     ProblemKind = "login-not-changed"
	ProblemServiceEnded   ProblemKind = "service-ended"
	ProblemOtherVersion   ProblemKind = "service-other-version"
)

// byImportance has the most important first: State shows one at a time. Those of the service are not here:
// a State that comes from it cannot say that it is gone.
var byImportance = []ProblemKind{
	ProblemPortTaken, ProblemListenFailed, ProblemDevicesReset, ProblemDevicesUnread, ProblemSettingsReset,
	ProblemSettingsUnread, ProblemNotSaved, ProblemAddressGone, ProblemOffline, ProblemGuessing, ProblemEncrypted,
	ProblemMoved, ProblemNotAtLogin, ProblemNotStarted, ProblemNoAnswer, ProblemWantsKey,
}

// Remedy is what the button of a Problem does where that is more than to call Controller.Retry.
type Remedy string

// EnterKey asks for the key of the server at Params["URL"], which Controller.AddServer takes.
const EnterKey Remedy = "enter-key"

// TestKind says what came of testing a server, for code to compare.
type TestKind string

const (
	TestWorks       TestKind = "works"
	TestLoading     TestKind = "loading"       // it works, and is loading its model
	TestWantsKey    TestKind = "wants-key"     // it works, with a key or another one
	TestNoAddress   TestKind = "no-address"    // what was typed can never answer
	TestUnknownHost TestKind = "unknown-host"  // no computer has this name
	TestNoAnswer    TestKind = "no-answer"     // nothing answers there, or not in time
	TestNoTLS       TestKind = "no-tls"        // it speaks http, and the address says https
	TestUntrusted   TestKind = "untrusted"     // its certificate is not one that this computer trusts
	TestElsewhere   TestKind = "elsewhere"     // it points to another address
	TestNotServer   TestKind = "not-ai-server" // something else answers there
)
