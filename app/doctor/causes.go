package doctor

// Cause names what stands in the way. The names are stable, for scripts.
type Cause string

// What keeps all phones out, whatever they do.
const (
	NoNetwork        Cause = "no-network"
	SelfAssigned     Cause = "self-assigned" // the network gave this computer no address
	OnlyIPv6         Cause = "only-ipv6"
	OnlyVPN          Cause = "only-vpn"
	InContainer      Cause = "in-container"
	InWSL            Cause = "in-wsl"
	OnlyThisComputer Cause = "only-this-computer" // the gateway listens on loopback
	AddressGone      Cause = "address-gone"       // it listens on one address, which is another one now
	PortTaken        Cause = "port-taken"
	CannotListen     Cause = "cannot-listen"
	Paused           Cause = "paused"
)

// What a phone that came has shown.
const (
	HTTPSTyped    Cause = "https-typed"
	PhoneProxy    Cause = "phone-proxy" // a relay, a VPN or a proxy stands between
	WrongHost     Cause = "wrong-host"  // it asks for a name that is not ours
	NameNotFound  Cause = "name-not-found"
	CodeOld       Cause = "code-old" // wrong, used or over
	KeyUnknown    Cause = "key-unknown"
	WebAppStopped Cause = "web-app-stopped"
	AppSettings   Cause = "app-settings" // it asks for what is not here: a model, a path
	AppBlocked    Cause = "app-blocked"  // its page comes through, its app does not
	Clock         Cause = "clock"
)

// What is wrong behind the gateway.
const (
	NoServer       Cause = "no-server"
	ServerHangs    Cause = "server-hangs"
	ServerNoModel  Cause = "server-no-model"
	ServerNeedsKey Cause = "server-needs-key"
	ServerRefuses  Cause = "server-refuses"
)

// What keeps a phone from coming.
const (
	OtherProgram       Cause = "other-program" // which answers at our address
	VPNTakesNetwork    Cause = "vpn-takes-network"
	FirewallRule       Cause = "firewall-rule"    // Windows: one that blocks us
	FirewallNoRule     Cause = "firewall-no-rule" // Windows: none that allows us
	FirewallPublic     Cause = "firewall-public"  // Windows: this network counts as public
	FirewallUFW        Cause = "firewall-ufw"
	FirewallFirewalld  Cause = "firewall-firewalld"
	FirewallMacOS      Cause = "firewall-macos"
	Firewall           Cause = "firewall" // it cannot be read which
	LocalNetworkDenied Cause = "local-network-denied"
	TwoNetworks        Cause = "two-networks" // the code has the address of one
	SameName           Cause = "same-name"    // another Modelbeam has ours
	Slept              Cause = "slept"
	Isolated           Cause = "isolated" // the Wi-Fi keeps its devices apart
	PhoneElsewhere     Cause = "phone-elsewhere"
	OtherPage          Cause = "other-page" // the phone shows one, and it is not ours: a Wi-Fi's sign-in
)

// What is said where nothing is named.
const (
	Fine         Cause = "fine"         // nothing is in the way
	Inconclusive Cause = "inconclusive" // Between has what is left
	NotRunning   Cause = "not-running"  // there is no Modelbeam to examine
)

// Shows is what the person sees on the phone: the one question that is asked.
type Shows string

const (
	ShowsUnknown     Shows = ""            // nobody was asked
	ShowsNothing     Shows = "nothing"     // the camera finds no code, or an empty page goes on loading
	ShowsUnreachable Shows = "unreachable" // the browser says that there is no such place
	ShowsPage        Shows = "page"        // a page that says something
	ShowsApp         Shows = "app"         // an app's error
)

// Answers are those that a person can give.
var Answers = []Shows{ShowsNothing, ShowsUnreachable, ShowsPage, ShowsApp}
