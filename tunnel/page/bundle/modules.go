package bundle

import (
	"bytes"
	"fmt"
	"io/fs"
	"regexp"
	"strings"
)

// Registry is the property of the page's window in which modules find one another. A script without it does
// nothing: whoever makes it decides whether this browser can run them.
const Registry = "modules"

var (
	namedImport   = regexp.MustCompile(`^import \{([^}]*)\} from "(\.[^"]+)";$`)
	wholeImport   = regexp.MustCompile(`^import \* as ([\w$]+) from "(\.[^"]+)";$`)
	defaultImport = regexp.MustCompile(`^import ([\w$]+) from "(\.[^"]+)";$`)
	declaration   = regexp.MustCompile(`^export ((?:async )?function\*? ?|class |const )([\w$]+)(.*)$`)
	exportList    = regexp.MustCompile(`^export \{([^}]*)\};$`)
	defaultExport = regexp.MustCompile(`^export default ([\w$]+);$`)
)

// modules returns a script of a module and all that it imports, what is imported first.
func (b *builder) modules(entry string) ([]byte, error) {
	var out bytes.Buffer
	fmt.Fprintf(&out, "(function(modules){\"use strict\";if(!modules)return;\n")
	if err := b.module(&out, entry); err != nil {
		return nil, err
	}
	fmt.Fprintf(&out, "})(self.%s);", Registry)
	return out.Bytes(), nil
}

// module writes a module behind those that it imports: a function that returns what it exports.
func (b *builder) module(out *bytes.Buffer, name string) error {
	if b.loaded[name] {
		return nil
	}
	b.loaded[name] = true
	source, err := fs.ReadFile(b.files, name)
	if err != nil {
		return err
	}
	var body strings.Builder
	var exports []string
	for line := range strings.Lines(string(source)) {
		line = strings.TrimRight(line, "\r\n")
		switch {
		case strings.HasPrefix(line, "import ") || strings.HasPrefix(line, "import{"):
			imported, binding, err := importOf(name, line)
			if err != nil {
				return err
			}
			if err := b.module(out, imported); err != nil {
				return err
			}
			body.WriteString(binding)
		case strings.HasPrefix(line, "export ") || strings.HasPrefix(line, "export{"):
			rest, names, err := exportOf(name, line)
			if err != nil {
				return err
			}
			body.WriteString(rest)
			exports = append(exports, names...)
		default:
			body.WriteString(line)
		}
		body.WriteByte('\n')
	}
	fmt.Fprintf(out, "modules[%q]=(function(){%s\nreturn {%s}})();\n", name, body.String(), strings.Join(exports, ","))
	return nil
}

// importOf returns which module a line imports, and what stands for it in a function.
func importOf(importer, line string) (module, binding string, err error) {
	if m := namedImport.FindStringSubmatch(line); m != nil {
		module = resolve(importer, m[2])
		return module, fmt.Sprintf("const {%s}=modules[%q];", strings.ReplaceAll(m[1], " as ", ":"), module), nil
	}
	if m := wholeImport.FindStringSubmatch(line); m != nil {
		module = resolve(importer, m[2])
		return module, fmt.Sprintf("const %s=modules[%q];", m[1], module), nil
	}
	if m := defaultImport.FindStringSubmatch(line); m != nil {
		module = resolve(importer, m[2])
		return module, fmt.Sprintf("const {default:%s}=modules[%q];", m[1], module), nil
	}
	return "", "", fmt.Errorf("%s: cannot tell what this imports: %s", importer, line)
}

// exportOf returns what stands for a line in a function, and the properties of what the function returns.
func exportOf(module, line string) (rest string, names []string, err error) {
	if m := declaration.FindStringSubmatch(line); m != nil {
		return m[1] + m[2] + m[3], []string{m[2]}, nil
	}
	if m := exportList.FindStringSubmatch(line); m != nil {
		for pair := range strings.SplitSeq(m[1], ",") {
			local, exported, renamed := strings.Cut(strings.TrimSpace(pair), " as ")
			if renamed {
				local = exported + ":" + local
			}
			names = append(names, local)
		}
		return "", names, nil
	}
	if m := defaultExport.FindStringSubmatch(line); m != nil {
		return "", []string{"default:" + m[1]}, nil
	}
	return "", nil, fmt.Errorf("%s: cannot tell what this exports: %s", module, line)
}
