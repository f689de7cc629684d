package autostart

import "strings"

// The format of desktop entries: https://specifications.freedesktop.org/desktop-entry-spec/latest.

// desktopEntry is the text of an autostart file that starts program, which is e's or a link to it. A delay lets the
// desktop show its tray first. TryExec has the desktop pass the entry over without a word when the program is gone.
func (e Entry) desktopEntry(program string) string {
	command := []string{quoted(program)}
	for _, word := range e.Command[1:] {
		command = append(command, quoted(word))
	}
	return strings.Join([]string{
		"[Desktop Entry]",
		"Type=Application",
		"Name=" + escaped(e.Name),
		"Icon=" + e.ID,
		"TryExec=" + escaped(program),
		"Exec=" + escaped(strings.Join(command, " ")),
		"Terminal=false",
		"StartupNotify=false",
		"X-GNOME-Autostart-enabled=true",
		"X-GNOME-Autostart-Delay=5",
		"",
	}, "\n")
}

// plainWord has the characters that need no quotes in any command line.
const plainWord = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_./"

// quoted writes a word of Exec: in quotes, with a backslash before what a shell would act on, and % doubled, which
// begins a field code otherwise.
func quoted(word string) string {
	if word != "" && strings.Trim(word, plainWord) == "" {
		return word
	}
	word = strings.NewReplacer(`\`, `\\`, `"`, `\"`, "`", "\\`", "$", `\$`, "%", "%%").Replace(word)
	return `"` + word + `"`
}

// escaped writes a value of type string. What Exec has quoted is escaped once more.
func escaped(value string) string { return strings.ReplaceAll(value, `\`, `\\`) }

// unescaped is what a value of type string says.
func unescaped(value string) string {
	return strings.NewReplacer(`\\`, `\`, `\s`, " ", `\n`, "\n", `\t`, "\t", `\r`, "\r").Replace(value)
}

// entryCommand reads what an autostart file starts; nil when it starts nothing. Hidden is how the specification
// takes an entry away; the other key is how GNOME's tools do it.
func entryCommand(text string) []string {
	keys := make(map[string]string)
	group := ""
	for line := range strings.Lines(text) {
		line = strings.TrimSpace(line)
		if strings.HasPrefix(line, "[") {
			group = line
		}
		if key, value, ok := strings.Cut(line, "="); ok && group == "[Desktop Entry]" {
			keys[strings.TrimSpace(key)] = strings.TrimSpace(value)
		}
	}
	if keys["Hidden"] == "true" || keys["X-GNOME-Autostart-enabled"] == "false" {
		return nil
	}
	return words(unescaped(keys["Exec"]))
}

// words takes the value of Exec apart. Field codes other than %% stand for files, and there are none at login.
func words(exec string) (all []string) {
	var word strings.Builder
	inQuotes, begun := false, false
	for i := 0; i < len(exec); i++ {
		switch c := exec[i]; {
		case c == '"':
			inQuotes, begun = !inQuotes, true
		case c == '\\' && inQuotes && i+1 < len(exec):
			i++
			word.WriteByte(exec[i])
		case c == '%' && i+1 < len(exec):
			if i++; exec[i] == '%' {
				word.WriteByte('%')
				begun = true
			}
		case c == ' ' && !inQuotes:
			if begun {
				all = append(all, word.String())
			}
			word.Reset()
			begun = false
		default:
			word.WriteByte(c)
			begun = true
		}
	}
	if begun {
		all = append(all, word.String())
	}
	return all
}
