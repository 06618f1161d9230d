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

# Writes `word` so that nothing in it means anything to the shell where this quote is open, or none.
__mesh_preflight_quote() {
  local open=$1 text=$word char i
  if [[ -z $open ]]; then
    if [[ -n $text ]]; then printf -v word %q "$text"; fi
    return
  fi
  word=''
  for ((i = 0; i < ${#text}; i++)); do
    char=${text:i:1}
    case $open$char in
      "''") word+="'\\''" ;;
      '"'[\\\$\`\"]) word+="\\$char" ;;
      # A backslash keeps the history away from it, but would stay with it.
      '"!') word+='"\!"' ;;
      *) word+=$char ;;
    esac
  done
  # Readline closes the quote, but for what ends like that.
  if [[ -z $word || $word == *"$open" ]]; then word+=$open; fi
}

_mesh_preflight() {
  COMPREPLY=()
  local IFS=$' \t\n'
  # The line up to the cursor as the shell reads it: what its words mean, and of the last what was typed behind each of its `=`.
  local line=${COMP_LINE:0:COMP_POINT} words=() word='' begun='' typed=('') unsure='' open='' char part i k
  # Readline puts an answer in the place of what stands behind the quote that is open, else behind the last character at which it cuts words.
  # What stands before means this.
  local breaks=${COMP_WORDBREAKS//[!=:@]/} cut='' quote=''
  for ((i = 0; i < ${#line}; i++)); do
    char=${line:i:1} part=${line:i:1}
    if [[ -z $open && $char == [[:space:]\;\<\>\|\&\(\)] ]]; then
      if [[ -n $begun ]]; then words+=("$word"); fi
      word='' begun='' typed=('') unsure='' cut=''
      continue
    fi
    begun=yes
    if [[ $char == "$open" ]]; then
      open=''
    elif [[ -z $open && $char == [\'\"] ]]; then
      open=$char quote=$word
    elif [[ $char == \\ && $open != \' ]] && [[ -z $open || \\\$\`\" == *"${line:i+1:1}"* ]]; then
      ((i += 1))
      part=$char${line:i:1}
      word+=${line:i:1}
    else
      # An `@` begins what is replaced, the others end what stays.
      if [[ -z $open && $char == @ && $breaks == *@* ]]; then cut=$word; fi
      word+=$char
      if [[ -z $open && $char == [=:] && $breaks == *"$char"* ]]; then cut=$word; fi
      if [[ $open != \' && $char == [\$\`] ]]; then unsure=yes; fi
    fi
    for ((k = 0; k < ${#typed[@]}; k++)); do typed[k]+=$part; done
    if [[ $part == *= ]]; then typed+=("$open"); fi
  done
  words+=("$word")
  local last=$((${#words[@]} - 1))
  local whole=$word cur=$word known=$cut
  if [[ -n $open ]]; then known=$quote; fi

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
    typed=("${typed[@]:1}")
  elif [[ -z $only && -z $option && $cur == -[!-]?* ]]; then
    case "$command ${cur:0:2}" in
      @valued@)
        option=${cur:0:2}
        cur=${cur:2}
        typed[0]=${typed[0]/-?/}
        ;;
    esac
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
    typed=("${typed[@]:1}")
  fi

  local head=${whole%"$cur"} found=() itself='' tilde=''
  case $source in
    files | folders)
      local action=-f
      if [[ $source == folders ]]; then action=-d; fi
      # Readline quotes names of files by itself, where it can be told that they are some (bash 4), and is given whole ones.
      if ((${#known} == ${#head})) && compopt -o filenames 2>/dev/null; then
        itself=yes
      elif [[ -n $unsure ]]; then
        return
      elif [[ ${typed[0]} == \~* ]]; then
        tilde=\~
      fi
      while IFS= read -r word; do found+=("$word"); done < <(compgen "$action" -- "${typed[0]}")
      ;;
    contexts)
      # What the shell puts in the place of a variable is not known here.
      if [[ -n $unsure ]]; then return; fi
      while IFS= read -r word; do
        if [[ $word == "$cur"* ]]; then found+=("$word"); fi
      done < <(__mesh_preflight_contexts "$kubeconfigs")
      ;;
  esac
  while IFS= read -r word; do found+=("$word"); done < <(compgen -W "$list" -- "$cur")

  for word in ${found[@]+"${found[@]}"}; do
    word=$head$word
    word=${word:${#known}}
    if [[ -z $itself ]]; then
      word=${word#"$tilde"}
      __mesh_preflight_quote "$open"
      word=$tilde$word
    fi
    COMPREPLY+=("$word")
  done
}

complete -F _mesh_preflight @program@
