# Bash splits words at = and :, which are part of an input and of a version. They are joined
# again, and what stands before the last = or : is removed from the candidates.
_replicate() {
    local line=${COMP_LINE:0:COMP_POINT}
    local words=() index=-1 rest=$line word i
    for ((i = 0; i <= COMP_CWORD; i++)); do
        word=${COMP_WORDS[i]}
        if ((index < 0)) || [[ $rest == [[:space:]]* ]]; then
            index=$((index + 1))
            words[index]=
        fi
        rest=${rest#"${rest%%[![:space:]]*}"}
        if ((i == COMP_CWORD)); then
            word=$rest
        fi
        words[index]+=$word
        rest=${rest#"$word"}
    done
    local current=${words[index]}
    local IFS=$'\013'
    COMPREPLY=($(
        _CLAP_IFS="$IFS" \
            _CLAP_COMPLETE_INDEX="$index" \
            _CLAP_COMPLETE_COMP_TYPE="${COMP_TYPE}" \
            _CLAP_COMPLETE_SPACE=false \
            REPLICATE_COMPLETE=bash \
            replicate -- "${words[@]}"
    ))
    if [[ $? != 0 ]]; then
        unset COMPREPLY
        return
    fi
    if [[ ${#COMPREPLY[@]} -eq 1 && ! ${COMPREPLY[0]} =~ [=/:@]$ ]]; then
        COMPREPLY[0]+=' '
    fi
    local prefix=${current%"${current##*[=:]}"}
    if [[ -n $prefix ]]; then
        COMPREPLY=("${COMPREPLY[@]#"$prefix"}")
    fi
}
complete -o nospace -o bashdefault -F _replicate replicate
