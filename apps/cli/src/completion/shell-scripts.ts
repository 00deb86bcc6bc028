/**
 * What each shell is told. All of them ask the hidden `tempora complete -- WORDS…`, which prints a candidate
 * a line, with a description behind a tab, or `:files`.
 */
export const SHELL_SCRIPTS = {
  bash: `_tempora() {
  local line
  COMPREPLY=()
  while IFS= read -r line; do
    if [[ $line == :files ]]; then
      compopt -o default 2>/dev/null
      return
    fi
    COMPREPLY+=("$(printf %q "\${line%%$'\\t'*}")")
  done < <(command tempora complete -- "\${COMP_WORDS[@]:1:COMP_CWORD}" 2>/dev/null)
}
complete -F _tempora tempora
`,
  zsh: `#compdef tempora
_tempora() {
  local line
  local -a lines candidates
  lines=("\${(@f)$(command tempora complete -- "\${(@)words[2,CURRENT]}" 2>/dev/null)}")
  if [[ $lines[1] == :files ]]; then
    _files
    return
  fi
  for line in $lines; do
    candidates+=("\${\${line%%$'\\t'*}//:/\\\\:}:\${line#*$'\\t'}")
  done
  _describe tempora candidates
}
if [[ $funcstack[1] == _tempora ]]; then
  _tempora "$@"
else
  compdef _tempora tempora
fi
`,
  fish: `function __tempora_complete
  set -l words (commandline -opc) (commandline -ct)
  set -l lines (command tempora complete -- $words[2..-1] 2>/dev/null)
  if test "$lines[1]" = :files
    __fish_complete_path (commandline -ct)
  else
    printf '%s\\n' $lines
  end
end
complete -c tempora -f -a '(__tempora_complete)'
`,
} as const;

export type Shell = keyof typeof SHELL_SCRIPTS;
