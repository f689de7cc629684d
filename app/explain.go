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
		Action: "Use another port",
		Params: map[string]string{"Port": port},
		Detail: err.Error(),
	}
}

func listenFailed(listen string, err error) *Problem {
	return &Problem{
		Kind:   ProblemListenFailed,
		Title:  "Modelbeam cannot start listening.",
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
		Advice: "The old file was kept as {{.File}}; default settings are in use.",
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
		Advice: "The old file was kept as {{.File}}. Please scan the code again with each phone.",
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
	unread.Advice = "Modelbeam has left the file untouched and keeps trying. If this does not go away, check the disk."
	unread.Action, unread.Detail = "Try again", err.Error()
	unread.blame(err)
	return &unread
}

// blame names the file that belongs to somebody else, when that is the reason.
func (p *Problem) blame(err error) {
	var denied *store.AccessError
	if errors.As(err, &denied) && denied.Owner != "" {
		p.Advice = "{{.File}} belongs to the user {{.Owner}}. Take back ownership of it, and everything will work as before."
		p.Params = map[string]string{"File": denied.Path, "Owner": denied.Owner}
	}
}

func notSaved(err error) *Problem {
	p := &Problem{
		Kind:   ProblemNotSaved,
		Title:  "Changes cannot be saved.",
		Advice: "The disk may be full. Free some space. Until then, newly paired phones must pair again after a restart.",
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
		p.Title = "This computer got no address from the network."
		p.Advice = "Turn its Wi-Fi off and on again. If that does not help, restart the router."
	case lan.OnlyVPN:
		p.Title = "This computer is only on a VPN."
		p.Advice = "Also connect it to the Wi-Fi your phone is on."
	case lan.OnlyIPv6:
		p.Title = "This network has no IPv4."
		p.Advice = "The code needs it. Use another network, or the phone's hotspot."
	case lan.InContainer:
		p.Title = "Phones cannot reach this container."
		p.Advice = "Run it with the computer's own network."
		p.Terminal = "Or name an address that leads into it with --advertise ADDRESS."
	case lan.InWSL:
		p.Title = "Phones cannot reach Linux inside Windows."
		p.Advice = "Start Modelbeam in Windows instead: it finds the AI apps inside Linux too."
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
		Advice: "Start Modelbeam again without a fixed address, and it will adapt when the address changes.",
		Params: map[string]string{"Old": old},

		Terminal: "The fixed address is the one given with --listen.",
	}
	if now != "" {
		p.Advice = "It now has {{.New}}. Start Modelbeam again without a fixed address, and it will adapt to such changes."
		p.Params["New"] = now
	}
	return p
}

func addressChanged(before, now string) *Problem {
	return &Problem{
		Kind:   ProblemMoved,
		Title:  "This computer has a new address.",
		Advice: "It was {{.Old}} and is now {{.New}}. If a phone cannot find it, scan the code again.",
		Action: "OK",
		Params: map[string]string{"Old": before, "New": now},
	}
}

func guessing(address string) *Problem {
	return &Problem{
		Kind:   ProblemGuessing,
		Title:  "Someone is entering wrong codes.",
		Advice: "A device at {{.Address}} entered ten wrong codes and has to wait. If it is not yours, pause sharing.",
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
		Title:  "{{.Name}} needs a key.",
		Advice: "Phones can use its models once Modelbeam has it.",
		Action: "Enter key…",
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
		Advice: "It needs a key or a sign-in. Take care of that in {{.Name}}, then ask again on the phone.",
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

// Gone is the State of a service that cannot be reached, for those who showed it until now; p says why.
func Gone(last State, p *Problem) State {
	return State{
		Phase: Failed, Name: last.Name, Version: last.Version, Problem: p,
		URLs: []string{}, Addresses: []Address{}, Servers: []Server{}, Devices: []Device{},
		Awake: Awake{Plugged: last.Awake.Plugged}, Login: last.Login,
	}
}

// ServiceEnded is about a service that ended and was not asked to; err is why it does not run, if that is known.
func ServiceEnded(err error) *Problem {
	p := &Problem{
		Kind:   ProblemServiceEnded,
		Title:  "Modelbeam has stopped.",
		Advice: "Phones cannot use the AI on this computer until it is started again.",
		Action: "Start it again",
	}
	if err != nil {
		p.Detail = err.Error()
	}
	return p
}

// OtherVersion is about a service of another version than the window that wants to show it.
func OtherVersion(err error) *Problem {
	return &Problem{
		Kind:   ProblemOtherVersion,
		Title:  "Another version of Modelbeam is still running.",
		Advice: "Restart it to use this version. Phones stay paired.",
		Action: "Restart Modelbeam",
		Detail: err.Error(),
	}
}
