// Package download gets models: it has a server on this computer download one, and tells how far it is. It
// is a part of the core, for who sits at the laptop alone: nothing that a phone can ask for leads here.
//
// A [Downloader] has the list of all downloads. Each of them belongs to one goroutine, which asks the server,
// reads what it tells, tries again where that may help, and waits for the person where it does not. Pausing is
// no more than to stop asking: Ollama keeps what it has of a model, and goes on from there when it is asked for
// the same one again.
//
// What a server says is believed only as far as it can do no harm: every line, number and wait has a bound.
package download

// Phase says in one word how a download is doing. The words are stable, for scripts.
type Phase string

// The phases of a download.
const (
	Waiting     Phase = "waiting"     // it has not begun: the server is not there, or has not answered yet
	Downloading Phase = "downloading" // bytes are coming, or should
	Checking    Phase = "checking"    // all bytes are there, and the server looks whether they are the right ones
	Paused      Phase = "paused"      // by the person, until Downloader.Resume
	Failed      Phase = "failed"      // Failure says why; Downloader.Resume tries again
	Done        Phase = "done"        // phones can use the model
)

// Download is a model on its way, at one moment: a plain value.
type Download struct {
	ID     string `json:"id"`     // as long as this Modelbeam runs
	Server string `json:"server"` // the ID of the server that gets it
	Model  string `json:"model"`  // as the server names it: "llama3.2:3b"
	Asked  int    `json:"asked"`  // how often somebody asked for it, as long as this Modelbeam runs
	Phase  Phase  `json:"phase"`
	Total  int64  `json:"total"` // bytes; 0: not known yet
	Done   int64  `json:"done"`  // bytes of Total that are there
	Speed  int64  `json:"speed"` // bytes a second, smoothed; 0 while none come
	Left   int64  `json:"left"`  // seconds; -1: nobody knows
	// Failure says what is wrong: in Failed why, in the phases before it what keeps it waiting. Else nil.
	Failure *Failure `json:"failure,omitempty"`
}

// Running says that the download goes on by itself.
func (d Download) Running() bool {
	return d.Phase == Waiting || d.Phase == Downloading || d.Phase == Checking
}

// Failure is what is wrong with a download, in words for the person. Title and Advice are English patterns over
// Params, and the keys of their translations.
type Failure struct {
	Cause  Cause             `json:"cause"`
	Title  string            `json:"title"`
	Advice string            `json:"advice"`
	Params map[string]string `json:"params,omitempty"`
	Detail string            `json:"detail,omitempty"` // what the server said
}

// Cause says why a download does not go on. The words are stable, for scripts.
type Cause string

// What can be wrong with a download.
const (
	DiskFull    Cause = "disk-full"    // there is no room for it
	NoNetwork   Cause = "no-network"   // the server reaches nobody to get it from
	Cut         Cause = "cut"          // the connection broke, again and again
	Stalled     Cause = "stalled"      // nothing has come for a while
	UnknownName Cause = "unknown-name" // there is no model of that name
	WrongDigest Cause = "wrong-digest" // what came is not what was promised
	ServerGone  Cause = "server-gone"  // the server is not running
	ServerOld   Cause = "server-old"   // it is too old for the model
	NotAllowed  Cause = "not-allowed"  // the model wants an account, or a licence to be accepted
	Nonsense    Cause = "nonsense"     // the server says what makes no sense
	Unclear     Cause = "unclear"      // what it said is in Detail
)
