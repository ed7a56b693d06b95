gates-heading = 階段關卡
gate-into = 進入階段
gate-all-of = 須全部具備
gate-one-of = 須具備其一
