package words

import (
	"strings"
	"time"

	"modelbeam/app"
	"modelbeam/app/download"
)

// DownloadLine says in one line how far a download is.
func DownloadLine(d app.Download) string {
	so := soFar(d)
	switch d.Phase {
	case download.Waiting:
		return join([]string{L("Waiting…"), so})
	case download.Checking:
		return L("Checking that everything arrived intact…")
	case download.Paused:
		return join([]string{L("Paused"), so})
	case download.Done:
		return L("Ready. Phones can use it now.")
	case download.Failed:
		return so
	}
	parts := []string{so}
	if d.Speed > 0 {
		parts = append(parts, Speed(d.Speed))
	}
	if d.Left >= 0 {
		parts = append(parts, Left(time.Duration(d.Left)*time.Second))
	}
	return join(parts)
}

// soFar says how much has come, or nothing while nobody knows how much there is.
func soFar(d app.Download) string {
	switch {
	case d.Total > 0:
	case d.Phase == download.Downloading && d.Failure != nil:
		return L("Waiting…")
	case d.Phase == download.Downloading:
		return L("Starting…")
	default:
		return ""
	}
	return L("{{.Done}} of {{.Total}}", Values{"Done": Bytes(d.Done), "Total": Bytes(d.Total)})
}

// DownloadTrouble says in plain words what is wrong with a download, and what to do; empty when nothing is.
func DownloadTrouble(d app.Download) string {
	if d.Failure == nil {
		return ""
	}
	params := make(map[string]string)
	for name, value := range d.Failure.Params {
		params[name] = Shortened(OneLine(value), 2*LongestModel)
	}
	return Filled(d.Failure.Title, params) + " " + Filled(d.Failure.Advice, params)
}

// ModelName is the name of a model without what everybody leaves out.
func ModelName(model string) string { return strings.TrimSuffix(OneLine(model), ":latest") }

// Offered says what an offered model is good at.
func Offered(o app.Offer) string { return L(o.Good) }
