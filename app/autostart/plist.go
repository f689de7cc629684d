package autostart

import (
	"encoding/xml"
	"io"
	"strings"
)

// launchAgent is the text of a launch agent, an XML property list; see launchd.plist(5). It is started in a session
// with a screen alone: the tray needs one.
func (e Entry) launchAgent() string {
	var b strings.Builder
	b.WriteString(xml.Header + `<!DOCTYPE plist PUBLIC "-//Apple//DTD PLIST 1.0//EN" "http://www.apple.com/DTDs/PropertyList-1.0.dtd">
<plist version="1.0">
<dict>
	<key>Label</key>
	<string>` + xmlText(e.ID) + `</string>
	<key>ProgramArguments</key>
	<array>
`)
	for _, word := range e.Command {
		b.WriteString("\t\t<string>" + xmlText(word) + "</string>\n")
	}
	b.WriteString(`	</array>
	<key>RunAtLoad</key>
	<true/>
	<key>ProcessType</key>
	<string>Interactive</string>
	<key>LimitLoadToSessionType</key>
	<string>Aqua</string>
</dict>
</plist>
`)
	return b.String()
}

func xmlText(s string) string {
	var b strings.Builder
	_ = xml.EscapeText(&b, []byte(s)) // a Builder never fails
	return b.String()
}

// agentCommand reads what a launch agent starts; nil when it starts nothing at login, or is no property list.
func agentCommand(text string) (command []string) {
	d := xml.NewDecoder(strings.NewReader(text))
	key, value := "", ""
	runs, disabled := false, false
	for {
		token, err := d.Token()
		if err == io.EOF && runs && !disabled {
			return command
		}
		if err != nil {
			return nil
		}
		switch token := token.(type) {
		case xml.StartElement:
			value = ""
		case xml.CharData:
			value += string(token)
		case xml.EndElement:
			switch name := token.Name.Local; {
			case name == "key":
				key = value
			case name == "string" && key == "ProgramArguments":
				command = append(command, value)
			case name == "true":
				runs, disabled = runs || key == "RunAtLoad", disabled || key == "Disabled"
			}
		}
	}
}
