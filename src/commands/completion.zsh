#compdef @program@
# Completion of @program@ @version@ for zsh, printed by `@program@ completion zsh`.

# The names of all contexts, by kubectl where there is one; of the kubeconfigs, contexts' names are all that is looked at.
__mesh_preflight_contexts() {
  local files=${KUBECONFIG:-$HOME/.kube/config} file i
  local -a given names
  for (( i = 1; i < CURRENT; i++ )); do
    case $words[i] in
      --kubeconfig=*) given+=(${words[i]#*=}) ;;
      --kubeconfig) (( i + 1 < CURRENT )) && given+=(${(Q)words[i + 1]}) ;;
    esac
  done
  (( $#given )) && files=${(j.:.)given}
  if (( $+commands[kubectl] )); then
    names=(${(f)"$(KUBECONFIG=$files kubectl config get-contexts -o name 2>/dev/null)"})
  else
    for file in ${(s.:.)files}; do
      [[ -r $file ]] && names+=(${(f)"$(awk '@awk@' $file)"})
    done
  fi
  compadd -- $names
}

# What stands in a place, what behind its first `=` (or `-`), and words if it is words.
__mesh_preflight_value() {
  local source=$1 behind=$2
  shift 2
  if [[ $behind != - ]] && compset -P 1 '*='; then source=$behind; fi
  case $source in
    words) compadd -- "$@" ;;
    contexts) __mesh_preflight_contexts ;;
    files) _files ;;
    folders) _files -/ ;;
    *) return 1 ;;
  esac
}

_mesh_preflight() {
  local curcontext=$curcontext command=@default@ ret=1
  local -a names
  names=(
@names@
  )
  local -a known=(${names%%:*}) nested=(@nested@)
  if (( CURRENT == 2 )); then
    if [[ $words[2] == -* ]]; then
      compadd -- @global@ && ret=0
    else
      _describe -t commands command names && ret=0
    fi
  elif (( ${known[(Ie)$words[2]]} )); then
    command=$words[2]
    shift words
    (( CURRENT -= 1 ))
    local both="$command $words[2]"
    if (( CURRENT > 2 && ${nested[(Ie)$both]} )); then
      command=$both
      shift words
      (( CURRENT -= 1 ))
    fi
  fi
  case $command in
@commands@
  esac
  return ret
}

# Both ways to install it: as a file in $fpath, and by `source`.
if [[ $funcstack[1] == _mesh_preflight ]]; then
  _mesh_preflight "$@"
else
  compdef _mesh_preflight @program@
fi
