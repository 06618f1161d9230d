# Completion of @program@ @version@ for fish 3.2 and later, printed by `@program@ completion fish`.

# The names of all contexts, by kubectl where there is one; of the kubeconfigs, contexts' names are all that is looked at.
function __mesh_preflight_contexts
    set -l given
    set -l words (commandline -opc)
    for i in (seq (count $words))
        if string match -q -- '--kubeconfig=*' $words[$i]
            set -a given (string replace -- '--kubeconfig=' '' $words[$i])
        else if test "$words[$i]" = --kubeconfig; and test $i -lt (count $words)
            set -a given $words[(math $i + 1)]
        end
    end
    set -l files (string join : $given)
    if test -z "$files"
        set files (string join : $KUBECONFIG)
    end
    if test -z "$files"
        set files "$HOME/.kube/config"
    end
    if command -q kubectl
        env KUBECONFIG="$files" kubectl config get-contexts -o name 2>/dev/null
    else
        for file in (string split : $files)
            test -r "$file"; and awk '@awk@' "$file"
        end
    end
end

# What stands in a place, what behind its first `=` (or `-`), and words if it is words.
function __mesh_preflight_value --argument-names place behind
    set -l token (string replace -r -- '^--[a-z-]+=' '' (commandline -ct))
    set -l head ''
    if test "$behind" != -; and string match -q -- '*=*' "$token"
        set place $behind
        set head (string replace -r -- '=.*' '=' "$token")
        set token (string replace -r -- '^[^=]*=' '' "$token")
    end
    set -l found
    switch $place
        case words
            set found $argv[3..-1]
        case contexts
            set found (__mesh_preflight_contexts)
        case files
            set found (__fish_complete_path "$token")
        case folders
            set found (__fish_complete_directories "$token" '')
    end
    for each in $found
        echo "$head$each"
    end
end

# Is this the command? Where none is named it is @default@.
function __mesh_preflight_uses
    set -l words (commandline -opc)
    set -l command @default@
    if contains -- "$words[2]" @words@
        set command $words[2]
        if contains -- "$words[2] $words[3]" @nested@
            set command "$words[2] $words[3]"
        end
    end
    test "$command" = "$argv"
end

function __mesh_preflight_starts
    test (count (commandline -opc)) -eq 1
end

complete -c @program@ -e
complete -c @program@ -f
@completions@
