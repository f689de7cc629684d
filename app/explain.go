package app

import (
	"errors"
	"path/filepath"

	"modelbeam/app/store"
	"modelbeam/discovery/lan"
)

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
)

// byImportance has the most important first: State shows one at a time.
var byImportance = []ProblemKind{
	ProblemPortTaken, ProblemListenFailed, ProblemDevicesReset, ProblemDevicesUnread, ProblemSettingsReset,
	ProblemSettingsUnread, ProblemNotSaved, ProblemAddressGone, ProblemOffline, ProblemGuessing, ProblemEncrypted,
	ProblemMoved, ProblemNotStarted, ProblemNoAnswer, ProblemWantsKey,
}

// The rest of this file is the only place that words problems for people. The texts are keys
// of the translations too.

func portTaken(port string, err error) *Problem {
	return &Problem{
		Kind:   ProblemPortTaken,
		Title:  "The usual network port is taken.",
		Advice: "Port {{.Port}} is in use by another program. Close it, or let Modelbeam use another one.",
		Action: "Use another",
		Params: map[string]string{"Port": port},
		Detail: err.Error(),
	}
}

func listenFailed(listen string, err error) *Problem {
	return &Problem{
		Kind:   ProblemListenFailed,
		Title:  "Modelbeam cannot open its address.",
		Advice: "{{.Listen}} cannot be used on this computer. Check the address and start again.",
		Action: "Try again",
		Params: map[string]string{"Listen": listen},
		Detail: err.Error(),
	}
}

// settingsProblem tells what became of the settings' file, for an error of its reading.
func settingsProblem(err error) *Problem {
	return fileProblem(err, Problem{
		Kind:   ProblemSettingsReset,
		Title:  "Your settings could not be read.",
		Advice: "They were set aside as {{.File}} and the usual ones are in use.",
	}, Problem{
		Kind:  ProblemSettingsUnread,
		Title: "Your settings cannot be read at the moment.",
	})
}

// devicesProblem tells what became of the file with the list of phones.
func devicesProblem(err error) *Problem {
	return fileProblem(err, Problem{
		Kind:   ProblemDevicesReset,
		Title:  "The list of phones could not be read.",
		Advice: "It was set aside as {{.File}}. Please scan the code again with each phone.",
	}, Problem{
		Kind:  ProblemDevicesUnread,
		Title: "The list of phones cannot be read at the moment.",
	})
}

// fileProblem completes what is to be said of a file: reset where it was set aside, unread where it
// may be as good as ever. It is nil without an error.
func fileProblem(err error, reset, unread Problem) *Problem {
	if err == nil {
		return nil
	}
	var broken *store.BrokenError
	if errors.As(err, &broken) && broken.Aside != "" {
		reset.Action, reset.Detail = "OK", err.Error()
		reset.Params = map[string]string{"File": filepath.Base(broken.Aside)}
		return &reset
	}
	unread.Advice = "Modelbeam leaves it as it is and tries again by itself. If this stays, check the disk."
	unread.Action, unread.Detail = "Try again", err.Error()
	unread.blame(err)
	return &unread
}

// blame names the file that belongs to somebody else, when that is the reason.
func (p *Problem) blame(err error) {
	var denied *store.AccessError
	if errors.As(err, &denied) && denied.Owner != "" {
		p.Advice = "{{.File}} belongs to the user {{.Owner}}. Make it yours again, and everything is as it was."
		p.Params = map[string]string{"File": denied.Path, "Owner": denied.Owner}
	}
}

func notSaved(err error) *Problem {
	p := &Problem{
		Kind:   ProblemNotSaved,
		Title:  "Changes cannot be saved.",
		Advice: "The disk may be full. Free some space; until then phones must pair again after a restart.",
		Action: "Try again",
		Detail: err.Error(),
	}
	p.blame(err)
	return p
}

// offline tells why no phone can reach this computer.
func offline(why lan.Reason) *Problem {
	p := &Problem{Kind: ProblemOffline}
	switch why {
	case lan.SelfAssigned:
		p.Title = "The network gave this computer no address."
		p.Advice = "Turn its Wi-Fi off and on again. If that does not help, restart the router."
	case lan.OnlyVPN:
		p.Title = "This computer is only in a VPN."
		p.Advice = "Connect it to the Wi-Fi that your phone is in, too."
	case lan.OnlyIPv6:
		p.Title = "This network gives no IPv4 addresses."
		p.Advice = "Phones are shown one in the code. Use another network, or the phone's hotspot."
	case lan.InContainer:
		p.Title = "Phones cannot reach into this container."
		p.Advice = "Give it the computer's own network, or say with --advertise under which address it can be reached."
	case lan.InWSL:
		p.Title = "Phones cannot reach the Linux inside Windows."
		p.Advice = "Start Modelbeam on Windows itself: it finds the AI apps in here too."
	default:
		p.Title = "No network found."
		p.Advice = "Connect this computer to your Wi-Fi, and the code appears here."
	}
	return p
}

// addressGone is about the one address that we were told to listen on; now is the one that this
// computer has instead, or empty.
func addressGone(old, now string) *Problem {
	p := &Problem{
		Kind:   ProblemAddressGone,
		Title:  "This computer does not have the address {{.Old}} any more.",
		Advice: "Start Modelbeam again without --listen: then it follows when the address changes.",
		Params: map[string]string{"Old": old},
	}
	if now != "" {
		p.Advice = "It has {{.New}} now. Start Modelbeam again without --listen: then it follows by itself."
		p.Params["New"] = now
	}
	return p
}

func addressChanged(before, now string) *Problem {
	return &Problem{
		Kind:   ProblemMoved,
		Title:  "This computer has a new address.",
		Advice: "Phones that do not find it by themselves scan the code once more. It was {{.Old}} and is {{.New}} now.",
		Action: "OK",
		Params: map[string]string{"Old": before, "New": now},
	}
}

func guessing(address string) *Problem {
	return &Problem{
		Kind:   ProblemGuessing,
		Title:  "Somebody types wrong codes.",
		Advice: "A device at {{.Address}} tried ten and must wait now. If it is none of yours, pause sharing.",
		Action: "OK",
		Params: map[string]string{"Address": address},
	}
}

func encrypted(address, url string) *Problem {
	return &Problem{
		Kind:   ProblemEncrypted,
		Title:  "A device is trying https.",
		Advice: "Modelbeam's address starts with http. On the device at {{.Address}}, open {{.URL}} instead.",
		Action: "OK",
		Params: map[string]string{"Address": address, "URL": url},
	}
}

func wantsKey(s Server) *Problem {
	return &Problem{
		Kind:   ProblemWantsKey,
		Title:  "{{.Name}} wants a key.",
		Advice: "Add it with --server-key {{.ID}}=KEY.",
		Params: map[string]string{"Name": s.Name, "ID": s.ID},
	}
}

// refused is about a server that answers questions about itself, and not those of phones.
func refused(s Server) *Problem {
	return &Problem{
		Kind:   ProblemWantsKey,
		Title:  "{{.Name}} refused to answer a phone.",
		Advice: "It wants a key, or that you sign in to it. Look there, then ask again on the phone.",
		Params: map[string]string{"Name": s.Name, "ID": s.ID},
	}
}

func noAnswer(name, url string, err error) *Problem {
	return &Problem{
		Kind:   ProblemNoAnswer,
		Title:  "{{.Name}} does not answer.",
		Advice: "Check that it is running at {{.URL}}.",
		Params: map[string]string{"Name": name, "URL": url},
		Detail: err.Error(),
	}
}

func notStarted(name string, err error) *Problem {
	return &Problem{
		Kind:   ProblemNotStarted,
		Title:  "{{.Name}} could not be started.",
		Advice: "Start it yourself, as you usually do.",
		Action: "OK",
		Params: map[string]string{"Name": name},
		Detail: err.Error(),
	}
}
