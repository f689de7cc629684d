// Package clients knows the chat apps that can take a connection over, and how each one does:
// by a link that opens it, by a QR code that its own scanner reads, by a text to paste, or by
// fields to copy. The table is data; For makes it concrete for one connection. Everything here
// is pure and may be used by any goroutine.
package clients

import (
	"slices"
	"strings"

	"modelbeam/tunnel/catalog"
)

// Platform is where an app runs.
type Platform string

// The platforms of the table. Web is a page of another site, which is opened in a browser.
const (
	IOS     Platform = "ios"
	Android Platform = "android"
	Mac     Platform = "mac"
	Windows Platform = "windows"
	Linux   Platform = "linux"
	Web     Platform = "web"
)

// Other is the ID of the offer for apps that are not in the table: the plain address and key.
const Other = "other"

// Connection is what an app is given.
type Connection struct {
	Base   string // "http://192.168.1.20:8717": an address that apps can reach, no slash at the end
	Key    string // of the device that the app runs on
	Name   string // of the laptop, as people know it; any text
	ID     string // of the installation, for good: importing again replaces instead of adding
	Models []Model
}

// Model is one model of the connection. All but ID is optional: only what the server told.
type Model struct {
	ID        string
	Context   int // the longest context in tokens; 0: unknown
	Abilities catalog.Abilities
}

// Offer is one app, and the ways to connect it, the easiest first. Its JSON is what the
// connect page reads.
type Offer struct {
	ID        string     `json:"id"`
	Name      string     `json:"name"`
	Platforms []Platform `json:"platforms"`
	Ways      []Way      `json:"ways"`
	// Note is a sentence that holds for all ways; may be empty.
	Note string `json:"note,omitempty"`
}

// Way is one way to connect an app. Exactly one of Link, Text, Code and Fields is set.
type Way struct {
	// Steps says what to do, in English; it is the key of its translations.
	Steps string `json:"steps"`
	// Link opens the app with everything filled in.
	Link string `json:"link,omitempty"`
	// Text is to be pasted into the app, whole.
	Text string `json:"text,omitempty"`
	// Code is the content of a QR code for the app's own scanner. A camera app can do nothing
	// with it.
	Code string `json:"-"`
	// Picture is Code as an image, a data URL. For leaves it empty, Draw fills it in.
	Picture string `json:"picture,omitempty"`
	// Fields are to be copied into the app one by one.
	Fields []Field `json:"fields,omitempty"`
}

// Field is a value to copy.
type Field struct {
	Label  string `json:"label"` // in English; it is the key of its translations
	Value  string `json:"value"`
	Secret bool   `json:"secret,omitempty"` // not to be shown unless asked for
}

// For returns the offers for c in the order of the table: apps for phones first, Other last.
func For(c Connection) []Offer {
	// A name may hold anything, but not what cannot be written in a link.
	if c.Name = strings.TrimSpace(strings.ToValidUTF8(c.Name, "")); c.Name == "" {
		c.Name = "Modelbeam"
	}
	offers := make([]Offer, len(table))
	for i, row := range table {
		offers[i] = Offer{ID: row.id, Name: row.name, Platforms: slices.Clone(row.platforms), Note: row.note}
		for _, w := range row.ways {
			offers[i].Ways = append(offers[i].Ways, w.make(c))
		}
	}
	return offers
}

// client is a row of the table.
type client struct {
	id, name  string
	platforms []Platform
	ways      []way
	note      string
}

// way is a Way before it is known for which connection. Exactly one of the last four is set.
type way struct {
	steps            string
	link, text, code value
	fields           []field
}

type field struct {
	label  string
	value  value
	secret bool
}

// value makes a text for a connection.
type value func(Connection) string

func (w way) make(c Connection) Way {
	made := Way{Steps: w.steps, Link: w.link.of(c), Text: w.text.of(c), Code: w.code.of(c)}
	for _, f := range w.fields {
		made.Fields = append(made.Fields, Field{Label: f.label, Value: f.value(c), Secret: f.secret})
	}
	return made
}

func (v value) of(c Connection) string {
	if v == nil {
		return ""
	}
	return v(c)
}
