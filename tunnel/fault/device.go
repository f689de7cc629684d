package fault

import (
	"fmt"
	"time"
)

// Peer refuses a client that is not near.
var Peer = &Failure{Code: "peer_not_allowed", Message: "Modelbeam only answers devices on its own network. Connect to the same Wi-Fi as the laptop and try again."}

// What is wrong with a pairing code.
var (
	CodeWrong   = &Failure{Code: "code_wrong", Message: "This code is not right. Scan the code that Modelbeam shows on the laptop."}
	CodeUsed    = &Failure{Code: "code_used", Message: "This code was already used. Scan the code that Modelbeam shows on the laptop now."}
	CodeExpired = &Failure{Code: "code_expired", Message: "This code has expired. Scan the code that Modelbeam shows on the laptop now."}
	IconUsed    = &Failure{Code: "icon_used", Message: "This icon was connected once already. Type the code that Modelbeam shows on the laptop."}
	IconExpired = &Failure{Code: "icon_expired", Message: "This icon was opened too late to be connected by itself. Type the code that Modelbeam shows on the laptop."}
)

// NoIcon refuses a guest an icon on the home screen.
var NoIcon = &Failure{Code: "model_not_allowed", Message: "A guest pass does not cover an icon on the home screen."}

// ModelNotAllowed refuses a guest a model.
var ModelNotAllowed = &Failure{Code: "model_not_allowed", Param: "model", Message: "This guest pass is for certain models only. Choose one from the list of models."}

// TooManyTries refuses a try until wait is over. It returns nil when there is nothing to wait for.
func TooManyTries(wait time.Duration) *Failure {
	if wait <= 0 {
		return nil
	}
	return &Failure{
		Code: "too_many_tries", Retry: wait,
		Message: "Too many attempts from this device. Wait a minute, then try again.",
	}
}

// HostNotAllowed refuses a request for another name. Where a person could have given the machine that
// name, it says how the name can become ours; name is empty where not.
func HostNotAllowed(name string) *Failure {
	f := &Failure{Code: "host_not_allowed", Message: "Modelbeam does not answer at this name. Use the address that Modelbeam shows on the laptop."}
	if name != "" {
		f.Message = fmt.Sprintf("Modelbeam does not answer at the name %s. Use the address that Modelbeam shows on the laptop, or start Modelbeam there with --advertise %s.", name, name)
	}
	return f
}

// Laptop is how sentences call the machine that the gateway runs on: its name, or "the laptop".
type Laptop string

// KeyUnknown is for keys of which none is known.
func (l Laptop) KeyUnknown() *Failure {
	return &Failure{Code: "invalid_api_key", Message: fmt.Sprintf("Modelbeam on %s does not recognise this key. Scan the code that it shows there to get a new one.", l)}
}

// KeyMissing is for a request without any key.
func (l Laptop) KeyMissing() *Failure {
	return &Failure{Code: "invalid_api_key", Message: fmt.Sprintf("A key is needed. Scan the code that Modelbeam shows on %s, or copy the key from there into this app.", l)}
}

// Removed is for the key of a device that was removed.
func (l Laptop) Removed() *Failure {
	return &Failure{Code: "removed", Message: fmt.Sprintf("This device was removed on %s. Scan the code there to connect again.", l)}
}

// DevicesUnreadable is for a key that cannot be looked up.
func (l Laptop) DevicesUnreadable() *Failure {
	return &Failure{
		Code: "devices_unreadable", Retry: 5 * time.Second,
		Message: fmt.Sprintf("Modelbeam on %s cannot read its list of phones at the moment. Look at Modelbeam there. This phone stays paired.", l),
	}
}

// DevicePaused is for a device that the person has paused.
func (l Laptop) DevicePaused() *Failure {
	return &Failure{Code: "device_paused", Message: fmt.Sprintf("This device is paused on %s. Press Resume next to its name in Modelbeam there.", l)}
}

// PassEnded is for a guest whose time is over.
func (l Laptop) PassEnded() *Failure {
	return &Failure{Code: "pass_ended", Message: fmt.Sprintf("This guest pass has expired. Ask for a new one on %s and scan its code.", l)}
}

// PassUsedUp is for a guest who has no request left.
func (l Laptop) PassUsedUp() *Failure {
	return &Failure{Code: "pass_used_up", Final: true, Message: fmt.Sprintf("This guest pass has no requests left. Ask for a new one on %s and scan its code.", l)}
}

// PassTooSmall is for a request that counts as n, from a guest who has left.
func (l Laptop) PassTooSmall(n, left int) *Failure {
	return &Failure{Code: "pass_too_small", Final: true, Message: fmt.Sprintf("This request counts as %d, but this guest pass has only %d left. Ask for fewer answers at once, or for a new pass on %s.", n, left, l)}
}

// PassChanged ends what a device asked for before it was told what it may use now.
func (l Laptop) PassChanged() *Failure {
	return &Failure{Code: "pass_changed", Message: fmt.Sprintf("What this device may use has just been changed on %s. Try again.", l)}
}

// LiveNotAllowed refuses a live conversation to a guest with limits.
func (l Laptop) LiveNotAllowed() *Failure {
	return &Failure{Code: "model_not_allowed", Message: fmt.Sprintf("Guest passes with limits do not cover live conversations. Ask for one without limits on %s.", l)}
}
