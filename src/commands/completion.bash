# Completion of @program@ @version@ for bash 3.2 and later, printed by `@program@ completion bash`.

# The names of all contexts, by kubectl where there is one; of the kubeconfigs, contexts' names are all that is looked at.
__mesh_preflight_contexts() {
  local files=$1
  [[ -n $files ]] || files=${KUBECONFIG:-$HOME/.kube/config}
  if command -v kubectl >/dev/null 2>&1; then
    KUBECONFIG=$files kubectl config get-contexts -o name 2>/dev/null
    return
  fi
  local file
  while IFS= read -r -d : file; do
    [[ -r $file ]] && awk '@awk@' "$file"
  done <<<"$files:"
}

_mesh_preflight() {
  local IFS=$' \t\n'
  # Readline cuts words at these, wherever they stand; here they are put together again.
  local breaks=${COMP_WORDBREAKS//[!=:@]/}
  local words=() joined='' word i
  for ((i = 0; i <= COMP_CWORD; i++)); do
    word=${COMP_WORDS[i]}
    if ((i == COMP_CWORD)) && [[ -z $word && ${COMP_LINE:0:COMP_POINT} == *[[:space:]] ]]; then joined=''; fi
    if ((i > 1)) && [[ $joined == yes || $word =~ ^[=:@]+$ ]]; then
      words[${#words[@]} - 1]+=$word
    else
      words+=("$word")
    fi
    if [[ $word =~ ^[=:@]+$ ]]; then joined=yes; else joined=''; fi
  done
  local last=$((${#words[@]} - 1))
  local whole=${words[last]}
  local cur=$whole

  local command=@default@ first=1
  if ((last > 1)); then
    case ${words[1]} in
      @commands@) command=${words[1]} first=2 ;;
    esac
  fi
  if ((last > 2 && first == 2)); then
    case "$command ${words[2]}" in
      @nested@) command+=" ${words[2]}" first=3 ;;
    esac
  fi

  # What stands before: options whose value is the next word, and how many arguments.
  local option='' operands=0 only='' kubeconfigs=''
  for ((i = first; i < last; i++)); do
    word=${words[i]}
    if [[ -n $only || $word != -* ]]; then
      ((operands += 1))
    elif [[ $word == -- ]]; then
      only=operands
    elif [[ $word == --kubeconfig=* ]]; then
      kubeconfigs+=${kubeconfigs:+:}${word#*=}
    else
      case "$command $word" in
        @valued@)
          ((i += 1))
          if ((i == last)); then option=$word; fi
          if [[ $word == --kubeconfig ]] && ((i < last)); then kubeconfigs+=${kubeconfigs:+:}${words[i]}; fi
          ;;
      esac
    fi
  done
  if [[ -z $only && -z $option && $cur == --*=* ]]; then
    option=${cur%%=*}
    cur=${cur#*=}
  fi

  local source=nothing behind='' list=''
  if [[ -n $option ]]; then
    case "$command $option" in
@values@
    esac
  elif [[ -z $only && $cur == -* ]]; then
    source=words
    case $command in
@options@
    esac
    if ((last == 1)); then list+=' @global@'; fi
  else
    case "$command $operands" in
@arguments@
    esac
    if ((last == 1)) && [[ -z $only ]]; then list+=' @names@'; fi
  fi
  if [[ -n $behind && $cur == *=* ]]; then
    source=$behind list=''
    cur=${cur#*=}
  fi

  local found=()
  case $source in
    files)
      compopt -o filenames 2>/dev/null
      while IFS= read -r word; do found+=("$word"); done < <(compgen -f -- "$cur")
      ;;
    folders)
      compopt -o filenames 2>/dev/null
      while IFS= read -r word; do found+=("$word"); done < <(compgen -d -- "$cur")
      ;;
    contexts)
      while IFS= read -r word; do
        if [[ $word == "$cur"* ]]; then found+=("$word"); fi
      done < <(__mesh_preflight_contexts "$kubeconfigs")
      ;;
  esac
  while IFS= read -r word; do found+=("$word"); done < <(compgen -W "$list" -- "$cur")

  # Of a word that readline cut, it replaces the last piece alone.
  local kept=$whole
  if [[ -n $breaks ]]; then kept=${whole##*["$breaks"]}; fi
  local head=${whole%"$cur"} gone=${whole%"$kept"}
  COMPREPLY=()
  for word in ${found[@]+"${found[@]}"}; do
    word=$head$word
    COMPREPLY+=("${word#"$gone"}")
  done
}

complete -F _mesh_preflight @program@
