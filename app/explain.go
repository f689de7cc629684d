package app

import (
	"errors"
	"path/filepath"

	"modelbeam/app/store"
	"modelbeam/discovery/lan"
)

// This file and wording.go are the only places that word things for people. The texts are keys of the
// translations too, and neutral: they fit a window and a terminal. What only a terminal can offer, a flag,
// is a Problem's Terminal; what only a window can, its Remedy.

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
		Advice: "They were set aside as {{.File}}, and the default settings are in use.",
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
	unread.Advice = "Modelbeam leaves the file alone and keeps trying. If this does not go away, check the disk."
	unread.Action, unread.Detail = "Try again", err.Error()
	unread.blame(err)
	return &unread
}

// blame names the file that belongs to somebody else, when that is the reason.
func (p *Problem) blame(err error) {
	var denied *store.AccessError
	if errors.As(err, &denied) && denied.Owner != "" {
		p.Advice = "{{.File}} belongs to the user {{.Owner}}. Make it yours again, and everything will be as it was."
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
		p.Title = "This computer is only on a VPN."
		p.Advice = "Connect it to the Wi-Fi that your phone is on."
	case lan.OnlyIPv6:
		p.Title = "This network gives no IPv4 addresses."
		p.Advice = "The code needs one. Use another network, or the phone's hotspot."
	case lan.InContainer:
		p.Title = "Phones cannot reach into this container."
		p.Advice = "Give the container the computer's own network."
		p.Terminal = "Or name an address that leads into it with --advertise ADDRESS."
	case lan.InWSL:
		p.Title = "Phones cannot reach the Linux inside Windows."
		p.Advice = "Start Modelbeam on Windows itself: it finds the AI apps inside Linux too."
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
		Title:  "This computer no longer has the address {{.Old}}.",
		Advice: "Start Modelbeam again without a fixed address, and it will follow when the address changes.",
		Params: map[string]string{"Old": old},

		Terminal: "The fixed address is the one given with --listen.",
	}
	if now != "" {
		p.Advice = "It now has {{.New}}. Start Modelbeam again without a fixed address, and it will follow by itself."
		p.Params["New"] = now
	}
	return p
}

func addressChanged(before, now string) *Problem {
	return &Problem{
		Kind:   ProblemMoved,
		Title:  "This computer has a new address.",
		Advice: "If a phone does not find it by itself, scan the code again. It was {{.Old}} and is now {{.New}}.",
		Action: "OK",
		Params: map[string]string{"Old": before, "New": now},
	}
}

func guessing(address string) *Problem {
	return &Problem{
		Kind:   ProblemGuessing,
		Title:  "Someone is entering wrong codes.",
		Advice: "A device at {{.Address}} tried ten and must wait now. If it is not one of yours, pause sharing.",
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
		Advice: "Phones can use its models once Modelbeam has the key.",
		Action: "Enter its key…",
		Remedy: EnterKey,
		Params: map[string]string{"Name": s.Name, "ID": s.ID, "URL": s.URL},

		Terminal: "Give it with --server-key {{.ID}}=KEY.",
	}
}

// refused is about a server that answers questions about itself, and not those of phones.
func refused(s Server) *Problem {
	return &Problem{
		Kind:   ProblemWantsKey,
		Title:  "{{.Name}} refused to answer a phone.",
		Advice: "It wants a key, or wants you to sign in. Do that there, then ask again on the phone.",
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
