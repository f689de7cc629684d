package download

import "strings"

// text is what is said of a cause.
type text struct{ title, advice string }

// texts are for people who have never heard of registries and digests. {{.Server}} is the AI app.
var texts = map[Cause]text{
	DiskFull:    {"There is not enough room on the disk.", "Free some space, or choose a smaller model. Then try again."},
	NoNetwork:   {"{{.Server}} cannot reach the internet.", "Check this computer's internet connection. The download goes on by itself."},
	Cut:         {"The connection was interrupted.", "Check this computer's internet connection. The download goes on by itself."},
	Stalled:     {"Nothing is arriving at the moment.", "Check this computer's internet connection. The download goes on by itself."},
	UnknownName: {"There is no model called {{.Model}}.", "Check the spelling, or choose one from the list."},
	WrongDigest: {"The file arrived damaged, so {{.Server}} has thrown it away.", "Try again to download it once more."},
	ServerGone:  {"{{.Server}} does not answer.", "Start it again, and the download goes on by itself."},
	ServerOld:   {"This model needs a newer version of {{.Server}}.", "Update {{.Server}}, and the download goes on by itself."},
	NotAllowed:  {"This model is not open to everyone.", "Sign in to {{.Server}} first, or choose another model."},
	Nonsense:    {"{{.Server}} gives answers that make no sense.", "Restart {{.Server}}, then try again."},
	Unclear:     {"{{.Server}} could not download this model.", "Try again. If that does not help, restart {{.Server}}."},
}

// failure words a cause for a server and a model; detail is what was said.
func failure(c Cause, server, model, detail string) *Failure {
	t := texts[c]
	return &Failure{
		Cause: c, Title: t.title, Advice: t.advice, Params: map[string]string{"Server": server, "Model": strings.TrimSuffix(model, ":latest")}, Detail: short(detail),
	}
}
