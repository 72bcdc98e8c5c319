// kubemin completion: prints a completion script for a shell. The script calls `kubemin __complete`, so it does not
// change when commands and options do.
import { defineCommand } from "../grammar/command.ts";
import { EXIT } from "../grammar/exitCodes.ts";

const BASH = `# kubemin completion for bash:  source <(kubemin completion bash)
_kubemin() {
  local IFS=$'\\n'
  COMPREPLY=( $(kubemin __complete "\${COMP_WORDS[@]:1:COMP_CWORD}" 2>/dev/null) )
}
complete -o default -F _kubemin kubemin
`;

const ZSH = `#compdef kubemin
# kubemin completion for zsh:  source <(kubemin completion zsh)
_kubemin() {
  local -a found
  found=("\${(@f)$(kubemin __complete "\${(@)words[2,CURRENT]}" 2>/dev/null)}")
  if [[ -n "\${found[*]}" ]]; then compadd -- "\${found[@]}"; else _files; fi
}
compdef _kubemin kubemin
`;

const FISH = `# kubemin completion for fish:  kubemin completion fish | source
function __kubemin_complete
  set -l found (kubemin __complete (commandline -opc)[2..-1] (commandline -ct) 2>/dev/null)
  if test (count $found) -gt 0
    printf '%s\\n' $found
  else
    __fish_complete_path (commandline -ct)
  end
end
complete -c kubemin -f -a '(__kubemin_complete)'
`;

const SCRIPTS: Readonly<Record<string, string>> = { bash: BASH, zsh: ZSH, fish: FISH };

export const completionCommand = defineCommand({
  name: "completion",
  summary: { en: "completion script for a shell", zh: "shell 补全脚本" },
  examples: [
    {
      line: "completion bash > ~/.local/share/bash-completion/completions/kubemin",
      text: { en: "bash, permanently", zh: "bash，长期生效" },
    },
    { line: "completion fish | source", text: { en: "fish, in this shell", zh: "fish，当前 shell" } },
  ],
  arguments: [
    { name: "bash|zsh|fish", choices: Object.keys(SCRIPTS), summary: { en: "which shell", zh: "哪种 shell" } },
  ],
  options: {},
  async run(context) {
    context.terminal.stdout.write(SCRIPTS[context.arguments[0] ?? ""] ?? "");
    return EXIT.done.code;
  },
});
