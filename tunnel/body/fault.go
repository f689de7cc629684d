package body

// Fault is why no server may get a body. Field is the member that is to blame, as it was written,
// where one is.
type Fault struct {
	Kind  FaultKind
	Field string
}

// FaultKind is what is wrong with a body.
type FaultKind uint8

const (
	NotJSON        FaultKind = iota // no JSON object by RFC 8259, or one that parsers read differently
	Incomplete                      // it ends in the middle
	Ambiguous                       // names its model more than once
	Misspelled                      // names its model in a field that only some servers take for it
	NoName                          // the model is neither a string nor null
	OtherModel                      // a field that names further models
	ServerTools                     // tools that the server would run itself
	Repetitive                      // the same settings over and over
	Malformed                       // no form by the letter of RFC 7578
	Unpackable                      // not compressed as it says
	Exploding                       // unpacks to far more than anybody writes
	UnknownPacking                  // compressed in a way, or several, that is not known here
)

var faultTexts = [...]string{
	NotJSON: "is not a JSON object", Incomplete: "ends in the middle", Ambiguous: "names several models",
	Misspelled: "misspells the field of its model", NoName: "has a model that is no name", OtherModel: "names further models",
	ServerTools: "asks for tools of the server", Repetitive: "repeats its settings", Malformed: "is not a form",
	Unpackable: "cannot be unpacked", Exploding: "unpacks to too much", UnknownPacking: "is packed in an unknown way",
}

// Error implements error.
func (f *Fault) Error() string {
	text := "body " + faultTexts[f.Kind]
	if f.Field != "" {
		text += ": " + f.Field
	}
	return text
}
